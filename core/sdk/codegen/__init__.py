"""Writes an organization as code."""

from core.sdk.codegen.package import STUDIO_FILE, fingerprint, generate_package
from core.sdk.codegen.project import Provider

__all__ = ["STUDIO_FILE", "Provider", "fingerprint", "generate_package"]
