"""Names the anti-patterns in an organization, and proposes what would mend them.

What is plainly wrong is found by `core.organization.check`; here stands what works today and hurts later. The five
anti-patterns: god agent, tight coupling, no error handling, hardcoded configuration, no monitoring.
"""

from core.organization.lint.fixes import Fix as Fix
from core.organization.lint.fixes import fixes as fixes
from core.organization.lint.linter import accept as accept
from core.organization.lint.linter import lint as lint
