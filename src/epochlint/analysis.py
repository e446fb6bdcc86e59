"""Analysing the files that concern training: runs, plans, findings."""

from __future__ import annotations

from epochlint.checking.rules import check_run
from epochlint.errors import UsageError, did_you_mean
from epochlint.findings.own_rules import (
    MALFORMED_COMMENT,
    MARK,
    gave_up_findings,
    internal_error,
    own_finding,
    problem_findings,
)
from epochlint.findings.selection import RuleBook
from epochlint.knowledge.quantities import QUANTITIES
from epochlint.places import Place
from epochlint.plan.planned import Plans
from epochlint.records import replace
from epochlint.results import CheckResult, PlanResult, Summary
from epochlint.runs.assembly import calculator, runs_of
from epochlint.runs.project import Project
from epochlint.runs.run import Assumption, Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from epochlint.checking.policies import Policy
    from epochlint.configuration import options as configured
    from epochlint.configuration.options import Options
    from epochlint.declared.setting import Declared
    from epochlint.findings.directives import Directives
    from epochlint.findings.finding import Finding
    from epochlint.knowledge.catalogue import Option
    from epochlint.knowledge.store import Catalogue
    from epochlint.plan.comparing import Comparison
    from epochlint.sources.files import FileReader


class Analysis:
    """The runs of some files in focus, with everything the repository says about them."""

    def __init__(
        self, catalogue: Catalogue, files: FileReader, options: Options, focus: tuple[str, ...], command: str = ""
    ) -> None:
        self.catalogue = catalogue
        self.files = files
        self.options = options
        self.focus = focus
        self.project = Project(catalogue, files, command)
        self.book = RuleBook(catalogue.index.rules)
        self.selected = self.book.selected(options.select, options.extend_select, options.ignore)
        self._directives: dict[str, Directives | None] = {}
        self._failures: list[Finding] = []
        self._misstated: dict[Place, Finding] = {}  # assumptions in comments that cannot be meant
        self._assumed = tuple(self._assumption(name, value, f"{given}: ") for name, value, given in options.assume)

        self._policies = tuple(self._policy(given) for given in options.policies)

    # --- what is asked for --------------------------------------------------------------------------------------------

    def check(self, asked: tuple[str, ...]) -> CheckResult:
        """Check the files in focus; `asked` are all that were asked for, also those without a word of training."""
        plans = self._plans()
        inside = frozenset(asked)
        findings: list[Finding] = []
        undecided: list[tuple[str, tuple[str, ...]]] = []
        for one in plans:
            found, open_questions = self._checked(one)
            # Where a run was asked for, what is wrong with it is told, in whatever file it stands.
            whole = one.run.place.path in inside
            findings.extend(finding for finding in found if whole or _is_in(finding, inside))
            undecided.extend(open_questions)
        findings.extend(self._about_values(plans))
        found, about_comments, suppressed = self._not_silenced(findings, frozenset(name for name, _ in undecided))
        own = (*self._problems(), *about_comments)
        everything = _merged((*found, *(finding for finding in own if finding.name in self.selected)))
        kept = tuple(finding for finding in everything if not self._ignored_here(finding))
        summary = self._summary(len(asked), plans, undecided, suppressed)
        return CheckResult(kept, summary, self.files.line)

    def plan(self, asked: tuple[str, ...]) -> PlanResult:
        """Plan the runs of the files in focus, and list what the files asked for declare."""
        plans = self._plans(started=True)
        files = [path for path in asked if path in self.focus or self.files.kind(path) in ("python", "notebook")]
        declared = tuple(one for path in files for one in self._declared(path, plans))
        return replace(self._told(len(asked), plans), declared=declared)

    def _declared(self, path: str, plans: list[Plans]) -> tuple[Declared, ...]:
        from epochlint.runs.declaring import declared_in

        try:
            return declared_in(self.project, path, (one.run for one in plans))
        except Exception as error:  # one file must not take the others along
            self._failures.append(internal_error(Place(path, 1, 1, 1, 1), error))
            return ()

    def why_nothing_starts(self, path: str) -> str:
        """Return why the commands of a file start no run; empty if they start a script, or a program that is planned by
        itself."""
        if self.project.launched_from(path) or self.project.readings(path):
            return ""
        for launch in self.project.launches_in(path):
            if launch.script:
                return f"the command starts {launch.script}, and this project has no such file"
        return "the command starts no script and no program that epochlint knows"

    def calculate(self) -> PlanResult:
        """Plan what is assumed, without any file."""
        name = self.options.framework
        if name not in self.catalogue.framework_names:
            raise UsageError(
                f"--framework: there is no framework {name!r}{did_you_mean(name, self.catalogue.framework_names)}"
            )
        return self._told(0, [Plans(calculator(self.catalogue.framework(name), self._assumed), self.catalogue)])

    def _told(self, files: int, plans: list[Plans]) -> PlanResult:
        pairs = tuple((one.run, one.newest.plan) for one in plans)
        comparisons = self._compared(plans, *self.options.against) if self.options.against else ()
        summary = self._summary(files, plans, [], 0)
        return PlanResult(pairs, self._problems(), summary, self.files.line, comparisons)

    def _compared(self, plans: list[Plans], package: str, release: str) -> tuple[Comparison, ...]:
        from epochlint.assuming import other_release
        from epochlint.plan.comparing import compared

        package, release = other_release(self.catalogue.index, package, release)
        return tuple(compared(one, package, release) for one in plans)

    # --- runs ---------------------------------------------------------------------------------------------------------

    def _plans(self, started: bool = False) -> list[Plans]:
        """Return the runs of the files in focus; a configuration that a script loads is part of the script's run."""
        runs: list[Run] = []
        used: set[str] = set()
        scripts = [path for path in self.focus if self.files.kind(path) in ("python", "notebook")]
        configs = [path for path in self.focus if path not in scripts]
        for path in (*scripts, *self._scripts_naming(configs, started)):
            found = self._runs(path)
            for run in found:
                joined = {document.path for document in run.documents if document.evidence != "given"}
                used.update(joined)
                if path in scripts or not joined.isdisjoint(configs):
                    runs.append(run)
        told = {path: self._runs(path) for path in configs if path not in used}
        for path, found in told.items():
            used.update(joined.path for run in found for joined in run.documents if joined.path != path)
        runs.extend(run for path, found in told.items() if path not in used for run in found)
        runs = [run for run in runs if not (run.configuration and run.place.path in used)]
        runs.sort(key=lambda run: (run.place.path, run.place.line, run.name))
        return [Plans(run, self.catalogue) for run in runs]

    def _runs(self, path: str) -> tuple[Run, ...]:
        try:
            return runs_of(self.project, path, self._assumptions_for(path))
        except UsageError:
            raise
        except Exception as error:  # one file must not take the others along
            self._failures.append(internal_error(Place(path, 1, 1, 1, 1), error))
            return ()

    def _scripts_naming(self, configs: list[str], started: bool) -> list[str]:
        """Return scripts outside the focus that these launch, or that name one of them, beside or above it.

        With `started`, also those that a command starts with one of them: a check of one file in a commit hook has no
        time to read them.
        """
        found: dict[str, None] = {}
        for config in configs:
            if self.files.kind(config) == "shell":
                found.update(dict.fromkeys(self.project.launched_from(config)))
                continue
            for launch in self.project.launches_with(config) if started else ():
                if script := self.project.started(launch):
                    found[script] = None
            name = config.rpartition("/")[2].encode()
            for path in self.project.scripts_beside(config):
                if name in self.files.raw(path):
                    found[path] = None
        return [path for path in found if path not in self.focus]

    def _checked(self, plans: Plans) -> tuple[tuple[Finding, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
        try:
            documents = [self.files.document_if_read(joined.path) for joined in plans.run.documents]
            known = tuple(document for document in documents if document is not None)
            verdict = check_run(plans, self.catalogue, self.selected, known, self._policies)
            return verdict.findings, verdict.undecided
        except Exception as error:  # one run must not take the others along
            self._failures.append(internal_error(plans.run.place, error))
            return (), ()

    def _about_values(self, plans: list[Plans]) -> Iterable[Finding]:
        """Check what files say by themselves, also where nobody knows whose they are."""
        understood: dict[Place, Option | None] = {}
        loaded: set[str] = set()
        converted: set[str] = set()
        numeric: set[str] = set()  # files whose reader takes `1e-4` for a number
        for one in plans:
            if one.run.framework.reads_numbers:
                numeric.update(joined.path for joined in one.run.documents)
            if any("string" in option.coerces for option in one.run.framework.options):
                converted.update(joined.path for joined in one.run.documents)
            for setting in one.run.settings:
                if setting.place is not None:
                    understood[setting.place] = one.run.framework.option(setting.option)
        for path in self.focus:
            if self.files.kind(path) in ("python", "notebook"):
                yield from self._guarded(path, self._about_script(path, understood, loaded, numeric))
        for path in self.focus:
            if self.files.kind(path) in ("yaml", "json", "toml") and path not in numeric:
                about = self._about_texts(path, understood, path in loaded, path in converted)
                yield from self._guarded(path, about)

    def _guarded(self, path: str, findings: Iterator[Finding]) -> tuple[Finding, ...]:
        """Return what comes of looking at a file; one file must not take the others along."""
        try:
            return tuple(findings)
        except Exception as error:
            if all(failure.place.path != path for failure in self._failures):
                self._failures.append(internal_error(Place(path, 1, 1, 1, 1), error))
            return ()

    def _about_texts(
        self, path: str, understood: dict[Place, Option | None], plain: bool, converting: bool
    ) -> Iterator[Finding]:
        """Check the texts of a configuration that could be numbers."""
        document = self.files.read(path)
        if document is None:
            return
        from epochlint.checking.documents import Reader, check_document

        reader = Reader(plain, converting, self.project.reads_numbers)
        yield from check_document(document, self.catalogue, self.selected, understood, reader)

    def _about_script(
        self, path: str, understood: dict[Place, Option | None], loaded: set[str], numeric: set[str]
    ) -> Iterator[Finding]:
        """Check what a script says by itself, and note which files it loads; imported here, because configurations are
        checked without it."""
        script = self.project.script(path)
        if script is None:
            return
        loaded.update(read for read, _ in script.reads)
        numeric.update(script.read_with_numbers)
        from epochlint.checking.curves import check_curves
        from epochlint.dialects.endings import endings

        if script.observations:
            from epochlint.checking.scripts import check_script

            found = check_script(script.observations, self.catalogue, self.selected, understood)
            yield from (finding for finding in found if finding.place.path in self.focus)
        yield from check_curves(endings(script, self.catalogue), self.catalogue, self.selected)

    # --- assumptions --------------------------------------------------------------------------------------------------

    def _assumptions_for(self, path: str) -> tuple[Assumption, ...]:
        """Return what is assumed for the runs of a file: by its comments, unless the configuration or command line
        say otherwise."""
        found: dict[str, Assumption] = {}
        said = self._directives_of(path)
        for statement in said.statements if said is not None else ():
            try:
                found[statement.name] = self._assumption(statement.name, statement.value, "", statement.place)
            except UsageError as error:  # one comment must not stop the check of everything else
                self._misstated[statement.place] = own_finding(MALFORMED_COMMENT, statement.place, str(error))
        for assumed in self.options.assumed_in(path):
            name, value, given = assumed
            found[name] = self._assumption(name, value, f"{given}: ")
        return tuple(found.values())

    def _assumption(self, name: str, value: str, given: str, place: Place | None = None) -> Assumption:
        from epochlint.assuming import assumption

        return assumption(self.catalogue.index, name, value, given, place)

    def _policy(self, given: configured.Policy) -> Policy:
        from epochlint.assuming import policy

        return policy(self.catalogue.index, given)

    # --- what is told -------------------------------------------------------------------------------------------------

    def _not_silenced(
        self, findings: list[Finding], undecided: frozenset[str]
    ) -> tuple[tuple[Finding, ...], tuple[Finding, ...], int]:
        """Return the findings that no comment silences, those about comments, and how many were silenced."""
        paths = dict.fromkeys((*self._read(), *(finding.place.path for finding in findings)))
        directives = [said for path in paths if (said := self._directives_of(path)) is not None]
        if not directives:
            return _merged(findings), (), 0
        from epochlint.findings.suppression import suppress

        silenced = suppress(_merged(findings), directives, self.book, self.selected, undecided)
        about_comments = tuple(finding for finding in silenced.about_comments if finding.place.path in self.focus)
        return silenced.kept, about_comments, len(silenced.suppressed)

    def _ignored_here(self, finding: Finding) -> bool:
        ignored = self.options.ignored_in(finding.place.path)
        return bool(ignored) and finding.name in self.book.meant_by(ignored)

    def _read(self) -> Iterable[str]:
        return [path for path in self.focus if self.files.document_if_read(path) is not None]

    def _directives_of(self, path: str) -> Directives | None:
        """Return what the comments of a file say to us; None where there is no word for us, as in most files."""
        if path not in self._directives:
            document = self.files.read(path)
            self._directives[path] = None
            if document is not None and MARK in document.text:
                from epochlint.findings.directives import read_directives

                self._directives[path] = read_directives(document)
        return self._directives[path]

    def _problems(self) -> tuple[Finding, ...]:
        documents = [self.files.document_if_read(path) for path in self.focus]
        about_files = [finding for document in documents if document for finding in problem_findings(document)]
        for document in documents:
            if document is not None and (problems := self.project.given_up_on(document.path)):
                about_files.extend(gave_up_findings(document, problems))
        misstated = [finding for finding in self._misstated.values() if finding.place.path in self.focus]
        return (*about_files, *misstated, *self._failures)

    def _summary(
        self, files: int, plans: list[Plans], undecided: list[tuple[str, tuple[str, ...]]], suppressed: int
    ) -> Summary:
        frameworks = _counted(one.run.framework.name for one in plans)
        wanted = dict.fromkeys(name for _, missing in undecided for name in missing if name in QUANTITIES)
        unknown = _counted(
            name for one in plans for name in wanted if one.newest.derivation.entry(name).missing == (name,)
        )
        skipped = sum(1 for path in self.focus if (document := self.files.document_if_read(path)) and document.problems)
        return Summary(
            files=files,
            runs=len(plans),
            frameworks=frameworks,
            undecided=len(undecided),
            undecided_because=unknown,
            skipped=skipped,
            suppressed=suppressed,
        )


def _is_in(finding: Finding, asked: frozenset[str]) -> bool:
    return any(place.path in asked for place in (finding.place, *(related.place for related in finding.related)))


def _merged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in order, repetitions left out; a run without any needs none of the code for it."""
    found = tuple(findings)
    if not found:
        return ()
    from epochlint.findings.merge import merged

    return merged(found)


def _counted(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Return each name with how often it comes, the most frequent first, equally frequent ones in order."""
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return tuple(sorted(counts.items(), key=lambda pair: -pair[1]))
