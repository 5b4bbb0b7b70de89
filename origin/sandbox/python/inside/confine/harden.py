"""The hardening steps in their order.

`isolate` and `enclose` are for the fork server, once; `harden` is for each child. Nothing of a tool
may be read before `harden` has returned and, where there is one, the seal is on.
"""

import os

from inside.confine import control_group, identity, landlock, limits, namespaces, privileges
from inside.confine import root, seccomp
from inside.plan import Engine, Order, Plan


def isolate(plan: Plan) -> tuple[list[str], namespaces.Snapshot | None]:
    """Joins the control group, leaves root and enters the namespaces; gives the layers and what the namespaces were before.

    The process-id namespace holds from the next fork on.
    """
    layers = control_group.join(plan.control_group)
    layers += identity.leave_root(plan.identity)
    if not plan.namespaces:
        return layers, None
    before = namespaces.snapshot()
    namespaces.enter(plan.call_ids)
    return layers, before


def enclose(plan: Plan, before: namespaces.Snapshot | None) -> tuple[list[str], int]:
    """Takes the steps that all children share; gives the layers and the way to the supervisor.

    The way is a descriptor of the folder with the supervisor's socket. With namespaces it is all
    that is left of the host's tree, and leads nowhere else: its mount is in no tree any more.
    """
    limits.settle_memory()
    if before is None:
        privileges.give_up_gaining(bounding=False)
        return [], os.open(plan.meeting_folder, os.O_PATH | os.O_DIRECTORY)
    layers = namespaces.prove(before)
    shown = plan.shown()
    meeting = root.build(shown, plan.masked, plan.meeting_folder)
    layers += root.seal(shown)
    privileges.give_up_gaining(bounding=True)
    return layers, meeting


def harden(plan: Plan, order: Order) -> list[str]:
    """Takes every step that is a child's own and gives the layers it has proven."""
    engine = plan.engine if order.engine_options is not None else None
    layers: list[str] = []
    if plan.namespaces:
        layers += namespaces.enter_own()
        layers += root.add_scratch(plan.scratch_bytes, plan.scratch_files, order.identity)
    identity.take_own(order.identity)
    layers += limits.limit(order.limits, _threads(plan, order), reserves=engine is not None)
    layers += privileges.drop()
    layers += identity.prove_own(order.identity)
    if plan.landlock:
        scratch = '/tmp' if plan.namespaces else None
        layers += landlock.restrict(*_paths(plan, engine), scratch)
    return layers + seccomp.load(plan.filter if engine is None else engine.filter)


def _paths(plan: Plan, engine: Engine | None) -> tuple[list[str], list[int | str]]:
    """What the child may read, and what it may execute."""
    if engine is not None:
        programs = [program for program in (engine.program, engine.loader) if program is not None]
        return engine.paths(), programs
    packages = plan.packages_folder()
    return [*plan.readable, *(() if packages is None else (packages,))], []


def _threads(plan: Plan, order: Order) -> int | None:
    """RLIMIT_NPROC counts what a user has: of one call where it has a user of its own, of all calls
    together where they share a user namespace, and of the whole machine otherwise."""
    if order.identity is not None:
        return limits.THREADS_OF_ONE
    return limits.THREADS_OF_ALL if plan.namespaces else None
