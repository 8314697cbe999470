"""Writes an organization as code."""

from core.sdk.codegen.package import STUDIO_FILE, Package, fingerprint, generate_package, package_of
from core.sdk.codegen.project import Provider

__all__ = ["STUDIO_FILE", "Package", "Provider", "fingerprint", "generate_package", "package_of"]
