"""What Workloads V2 is: its paths, its bodies, what may be sent, what is the run's own, what all answers satisfy."""

from .answers import Answer, is_at_rest, is_gone, is_settled, is_uuid
from .checks import JUDGED_ON_EVERY_EXCHANGE, Flaw, Shapes, UniversalChecks, instant
from .cleanup import Cleanup
from .comparing import METADATA, apart, differing, shows, value_of
from .context import Identity, WorkloadContext
from .custody import WorkloadCustody
from .deletions import GONE
from .envelope import GIVEN
from .inventory import Account, CreateLog, Inventory
from .ledger import EMBEDDED, Ledger, LedgerHeader, NoLedger, Unfinished, ledgers, read_ledger
from .lists import Listed, Lists, read_lists
from .needs import Need, State, needs
from .observations import BUSY, REFUSED_KIND
from .preflight import AGREEMENT_CHECK, CONTROL_CHECK, DRY_RUN_CHECK, check_controls, check_target, speaks_json
from .quota import Quota
from .remaining import REMAINING_CHECK, goes_away, there_or_gone
from .routes import CREATE_PATH, PROBE, TOKEN_ENDPOINTS
from .safety import Safety
from .state import ledger_key
from .trial import WorkloadTrial

__all__ = [
    "AGREEMENT_CHECK",
    "BUSY",
    "CONTROL_CHECK",
    "CREATE_PATH",
    "DRY_RUN_CHECK",
    "EMBEDDED",
    "GIVEN",
    "GONE",
    "JUDGED_ON_EVERY_EXCHANGE",
    "METADATA",
    "PROBE",
    "REFUSED_KIND",
    "REMAINING_CHECK",
    "TOKEN_ENDPOINTS",
    "Account",
    "Answer",
    "Cleanup",
    "CreateLog",
    "Flaw",
    "Identity",
    "Inventory",
    "Ledger",
    "LedgerHeader",
    "Listed",
    "Lists",
    "Need",
    "NoLedger",
    "Quota",
    "Safety",
    "Shapes",
    "State",
    "Unfinished",
    "UniversalChecks",
    "WorkloadContext",
    "WorkloadCustody",
    "WorkloadTrial",
    "apart",
    "check_controls",
    "check_target",
    "differing",
    "goes_away",
    "instant",
    "is_at_rest",
    "is_gone",
    "is_settled",
    "is_uuid",
    "ledger_key",
    "ledgers",
    "needs",
    "read_ledger",
    "read_lists",
    "shows",
    "speaks_json",
    "there_or_gone",
    "value_of",
]
