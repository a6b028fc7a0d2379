"""How much each signal counts.

These are judgements, not fitted numbers: round, and each for the reason beside it. Fitted to half of what is known they
did worse on the other half than these do (`python -m bench --only culprit` shows both), and these may be off by half
without the ranks changing much.
"""

from __future__ import annotations

__all__ = ["WEIGHTS"]

WEIGHTS: dict[str, float] = {
    # What an act says. One that says little passes the word on; what is said causes more than what is not.
    "says_little": -1.5,
    "says_much": 1.0,
    "plans": 0.5,
    "assumes": 1.0,
    "waves_through": 0.3,
    "replans": 0.8,
    # Where things come from. An error is a symptom; a value without a source is a cause.
    "new_values": 0.8,
    "most_new_values": 1.0,
    "recasts": 1.5,  # a number that changed its unit on the way is wrong more often than not
    "answers_first": 0.8,
    "off_task": 2.0,  # whatever is done well afterwards answers another question
    "hands_code": 0.8,
    # What went wrong around it. Weak: what fails visibly is usually mended.
    "calls": 0.5,
    "call_failed": 0.3,
    "gave_nothing": 0.3,
    "before_first_error": 0.5,
    "unresolved": 0.5,
    "passes_over": 0.5,
    "changes": 0.8,  # what is changed stays wrong; what is only looked at does not
    # Routine is no cause: neither the ledger kept after each step nor the third try of the same.
    "routine": -1.0,
    "repeats": -0.3,
    "moves_on": 0.5,
    "moves_on_first": 0.7,
    "asked_again": 0.2,
    "takes_list": 0.8,
    "unlike_peers": 0.5,
    # Where it stands. The first decisive error is looked for, so early counts; a last step mostly sums up.
    "first": 0.3,
    "second": 0.5,
    "last": -0.5,
    # In a led team the leader's many words are routine, and its choices of course and the others' first finds are not;
    # a short run stands or falls with the last contribution.
    "leads": -0.5,
    "led_first": 0.3,
    "led_second": 0.3,
    "led_early": 1.0,
    "led_last": 1.5,
    "unaided": 0.8,
    "judges": 1.0,
    "asks": 0.5,
}
"""By the signal's name."""
