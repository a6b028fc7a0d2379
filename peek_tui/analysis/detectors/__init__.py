"""The detectors: a file for each, with its rule, window and threshold."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..alerts import Detector
from .behavior_alert import BehaviorAlert
from .burn_rate import BurnRate
from .context_window import ContextWindow
from .error_cascade import ErrorCascade
from .final_answer import FinalAnswer
from .guardrail_pressure import GuardrailPressure
from .oscillation import Oscillation
from .plugins import plugin_detectors
from .prompt_cache import PromptCache
from .prompt_injection import PromptInjection
from .prompt_policy_shift import PromptPolicyShift
from .refusal_chain import RefusalChain
from .repeated_request import RepeatedRequest
from .retry_storm import RetryStorm
from .stall import Stall
from .strategy_change import StrategyChange
from .tool_loop import ToolLoop
from .truncated_output import TruncatedOutput
from .unfinished_business import UnfinishedBusiness

__all__ = ["DETECTORS", "default_detectors"]

DETECTORS: tuple[Callable[[], Detector], ...] = (
    ToolLoop,
    Oscillation,
    RetryStorm,
    RepeatedRequest,
    GuardrailPressure,
    RefusalChain,
    PromptPolicyShift,
    StrategyChange,
    ErrorCascade,
    Stall,
    BurnRate,
    ContextWindow,
    PromptCache,
    TruncatedOutput,
    FinalAnswer,
    UnfinishedBusiness,
    PromptInjection,
    BehaviorAlert,
)


def default_detectors() -> Sequence[Callable[[], Detector]]:
    """Return what makes every detector, ours and those of plugins."""
    return (*DETECTORS, *plugin_detectors())
