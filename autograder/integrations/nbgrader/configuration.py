"""The settings that let nbgrader collect, repair, grade and report through this program.

nbgrader keeps its gradebook, its feedback and formgrader. Only the step that would execute student
code unconfined is replaced.
"""

from __future__ import annotations

from pathlib import Path

from traitlets.config import Config

from autograder.assignment.rubric import load, rubric_in
from autograder.authoring.release import put_tools_on_path
from autograder.integrations.nbgrader import feedback_exporter
from autograder.integrations.nbgrader.quiet import leave_out_routine
from autograder.notebooks.stubs import STUB

_HERE = "autograder.integrations.nbgrader"
_SANITIZE = (
    f"{_HERE}.repair.RepairCells",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
)
_AUTOGRADE = (
    f"{_HERE}.plugin.GradeInSandbox",  # instead of nbgrader.preprocessors.Execute
    f"{_HERE}.unknown_cells.RequireScores",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    f"{_HERE}.plugin.RequestManualGrade",  # after SaveAutoGrades, which clears the flag
    "nbgrader.preprocessors.AssignLatePenalties",
    f"{_HERE}.escape_html.EscapeHtml",
    "nbgrader.preprocessors.CheckCellMetadata",
)


def apply(config: Config, root: Path) -> None:
    """Set everything that nbgrader needs for the course in `root`."""
    put_tools_on_path()
    assignment = load(rubric_in(root))
    leave_out_routine(config, [assignment.source / name for name in assignment.notebooks])
    config.CourseDirectory.root = str(root)
    config.ClearSolutions.code_stub = {"python": STUB}
    config.GenerateAssignment.force = True  # releases are generated, never edited
    config.GenerateAssignment.exporter_class = f"{_HERE}.unknown_cells.SourceExporter"
    config.SourceExporter.root = str(root)
    config.GenerateAssignment.preprocessors.prepend([f"{_HERE}.plugin.CopyCheckkit"])
    config.Autograde.exporter_class = f"{_HERE}.repair.ForgivingExporter"
    config.Autograde.sanitize_preprocessors = list(_SANITIZE)
    config.Autograde.autograde_preprocessors = list(_AUTOGRADE)
    feedback_exporter.configure(config)
    # formgrader's exporter is nbconvert's own class, which has no other place to escape names.
    config.HTMLExporter.preprocessors = [f"{_HERE}.escape_html.EscapeNames"]
    config.ZipCollectApp.collector_plugin = f"{_HERE}.lms_collector.LmsCollector"
    config.ZipCollectApp.extractor_plugin = f"{_HERE}.lms_collector.LmsExtractor"
    if assignment.late:
        config.AssignLatePenalties.plugin_class = f"{_HERE}.late_policy.LatePolicy"
        for name, value in assignment.late.items():
            setattr(config.LatePolicy, name, float(value))
    # No code runs in autograded/, so skip copying what the notebooks import: the data alone would
    # take 4 MB per student.
    given = [path for path in assignment.source.rglob("*") if path.is_file()]
    config.Autograde.exclude_overwriting = {
        assignment.name: sorted(str(path.relative_to(assignment.source)) for path in given)
    }
