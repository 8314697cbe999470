"""What differs in meaning between two organizations: as typed changes, and as sentences by their consequence.

Where nodes stand, and the order of lists in which order means nothing, is no difference.
"""

from core.organization.diff.changes import Change as Change
from core.organization.diff.changes import Difference as Difference
from core.organization.diff.changes import FieldChanged as FieldChanged
from core.organization.diff.changes import LinkAdded as LinkAdded
from core.organization.diff.changes import LinkRemoved as LinkRemoved
from core.organization.diff.changes import NodeAdded as NodeAdded
from core.organization.diff.changes import NodeRemoved as NodeRemoved
from core.organization.diff.changes import NodeRenamed as NodeRenamed
from core.organization.diff.compare import difference as difference
from core.organization.diff.words import Statement as Statement
from core.organization.diff.words import Weight as Weight
from core.organization.diff.words import statements as statements
