"""Puts the core of one process together."""

from core.engine.host import Engine, ModelBuilder
from core.sdk.provider_registry import ProviderRegistry
from core.secrets import SecretBox
from core.services.approvals import ApprovalService
from core.services.batches import BatchService
from core.services.comparisons import ComparisonService
from core.services.control import ControlService
from core.services.datasets import DatasetService
from core.services.exports import ExportService
from core.services.imports import ImportService
from core.services.organizations import OrganizationService
from core.services.providers import ProviderService
from core.services.replays import ReplayService
from core.services.runs import RunService
from core.services.sessions import SessionService
from core.services.tools import ToolService
from core.services.traces import TraceService
from core.services.trigger_dispatch import TriggerDispatch
from core.services.trigger_inbox import TriggerInbox
from core.services.trigger_watch import TriggerWatch
from core.services.triggers import TriggerService
from core.services.workers import WorkerService
from core.settings import Settings
from core.store.database import Database
from core.toolbox.sample_data import SampleData


class Core:
    """All services over one database and one engine, which starts with the first run. `close` it at the end."""

    def __init__(self, settings: Settings, *, build_model: ModelBuilder | None = None) -> None:
        self.settings = settings
        self.database = Database(settings.database)
        self.samples = SampleData(settings.samples_path)
        secrets = SecretBox(settings.secret_key_path)
        registry = ProviderRegistry(self.database, secrets)
        self.engine = Engine(self.database, registry, self.samples, settings, build_model=build_model)
        self.organizations = OrganizationService(self.database)
        self.imports = ImportService(self.organizations)
        self.sessions = SessionService(self.database)
        self.providers = ProviderService(self.database, registry)
        self.runs = RunService(self.database, self.engine, self.providers)
        self.control = ControlService(self.database, self.engine, self.runs, self.providers)
        self.replays = ReplayService(self.database, self.engine, self.runs)
        self.approvals = ApprovalService(self.database, self.engine)
        self.traces = TraceService(self.database)
        self.workers = WorkerService(self.database, settings)
        self.tools = ToolService()
        self.exports = ExportService(registry)
        self.comparisons = ComparisonService(self.database, self.engine, self.runs)
        self.datasets = DatasetService(self.database)
        self.batches = BatchService(self.database, self.engine, self.runs, self.control, self.datasets)
        self.triggers = TriggerService(self.database, self.engine, secrets, self.organizations, self.providers)
        self.trigger_inbox = TriggerInbox(self.database, self.engine, secrets)
        self.engine.chores.add(TriggerWatch(self.database, self.engine, self.trigger_inbox).tend)
        self.engine.chores.add(TriggerDispatch(self.database, self.engine, self.runs).tend)

    def close(self) -> None:
        """Stop the engine (its runs are taken up again at the next start) and let go of the database."""
        self.engine.stop()
        self.database.close()
