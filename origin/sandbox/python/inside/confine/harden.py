"""The hardening steps in their order.

`isolate` is for the process that will have one child per call (today the warden of one call);
`harden` is for that child. Nothing of a tool may be read before `harden` has returned.
"""

from inside.confine import identity, landlock, limits, namespaces, privileges, root, seccomp
from inside.plan import Plan


def isolate(plan: Plan) -> tuple[list[str], namespaces.Snapshot | None]:
    """Leaves root and enters the namespaces; gives the layers and what the namespaces were before."""
    layers = identity.leave_root(plan.identity)
    if not plan.namespaces:
        return layers, None
    before = namespaces.snapshot()
    namespaces.enter()
    return layers, before


def harden(plan: Plan, before: namespaces.Snapshot | None) -> list[str]:
    """Takes every remaining step of the plan and gives the layers it has proven."""
    layers: list[str] = []
    if before is not None:
        layers += namespaces.prove(before)
        root.build(plan.readable, plan.masked)
        root.add_scratch(plan.scratch_bytes, plan.scratch_files)
        layers += root.seal(plan.readable, plan.scratch_bytes)
    layers += limits.limit(plan.limits, own_user=plan.namespaces)
    layers += privileges.drop(bounding=plan.namespaces)
    if plan.landlock:
        layers += landlock.restrict(plan.readable, '/tmp' if plan.namespaces else None)
    return layers + seccomp.load(plan.filter, plan.sealed)
