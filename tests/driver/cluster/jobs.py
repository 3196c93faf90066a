"""The Job controller: one pod, one attempt."""

from api import Object, conditions, is_leaving, is_true, now
from pods import make_pod, pods_of
from round import Round

# What a pod's end means for its Job: the number that counts it, what is said first and what in the end, and why.
OUTCOMES = {
    "Succeeded": ("succeeded", "SuccessCriteriaMet", "Complete", "CompletionsReached", "its pod has succeeded"),
    "Failed": ("failed", "FailureTarget", "Failed", "BackoffLimitExceeded", "its pod has failed"),
}


def run_jobs(moment: Round) -> None:
    """One look at every Job that has not ended."""
    for job in moment.all("Job"):
        status = job.get("status", {})
        if not is_leaving(job) and not is_true(status, "Complete") and not is_true(status, "Failed"):
            run_job(moment, job, status)


def run_job(moment: Round, job: Object, status: Object) -> None:
    """The outcome is told in two steps, as the server wants it: first what it will be, then that it is so."""
    pods = pods_of(moment, job)
    phase = pods[0].get("status", {}).get("phase") if pods else None
    if not pods:
        make_pod(moment, job, "Job", "batch/v1", {})
        return
    status = {"startTime": now(), **status, "uncountedTerminatedPods": {}}
    if phase in OUTCOMES:
        count, first, last, reason, message = OUTCOMES[phase]
        told = [(first, True, reason, message)]
        if is_true(status, first):
            told.append((last, True, reason, message))
            if last == "Complete":
                status["completionTime"] = now()
        status["conditions"] = conditions(status.get("conditions"), told, lastProbeTime=now())
        status[count] = 1
        status.pop("active", None)
    else:
        status["active"] = 1
    moment.set_status("Job", job, status)
