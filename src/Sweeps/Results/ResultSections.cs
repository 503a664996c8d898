using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Datasets;

namespace AdaptCluster.Sweeps.Results;

/// <summary>
/// Builds the tables for evaluation protocols: Base, New and H if the classes are split into halves, and one table per training data set
/// with the other data sets that its jobs are evaluated on.
/// </summary>
public static class ResultSections
{
    /// <summary>The title of the section with harmonic means.</summary>
    public const string Harmonic = "H";

    /// <summary>The note on harmonic means.</summary>
    public const string HarmonicNote =
        "H = 2BN / (B + N), where B and N are the means over seeds on base and new classes; the average of H is the harmonic mean of "
        + "the averages of B and N, which is never smaller than the average of the H column";

    /// <summary>The note on averages over evaluation targets.</summary>
    public const string TransferNote =
        "averages over evaluation data sets exclude the data set used for training";

    /// <summary>The note on cells that will never have a value.</summary>
    public const string RefusedNote =
        "'cannot': the method trains parameters for each class, so it cannot classify classes unseen in training";

    /// <summary>Returns the sections; null if jobs are evaluated only on their own test images.</summary>
    /// <param name="plan">The sweep's plan.</param>
    /// <param name="runs">The accepted results.</param>
    public static ResultSection[]? Of(SweepPlan plan, RunTable runs)
    {
        if (plan.Evaluate is not { Length: > 0 } targets) return null;
        var rows = Array.ConvertAll(plan.Rows, row => new RowRuns(row, Array.ConvertAll(row.Cells, cell =>
            ResultTable.Choose(cell, runs, plan.Seeds.Length))));
        var sections = new List<ResultSection>();
        var halves = targets.Where(ClassHalves.All.Contains).ToArray();
        if (halves.Length > 0) sections.AddRange(Halves(plan, rows));
        string[] others = [.. targets.Except(halves)];
        if (others.Length > 0) sections.AddRange(plan.Datasets.Select((source, column) => Transfer(plan, rows, source, column, others)));
        return [.. sections];
    }

    /// <summary>Returns the notes that explain the sections; each is a sentence without a full stop.</summary>
    public static IEnumerable<string> Notes(ResultSection[]? sections)
    {
        if (sections is null) yield break;
        if (Array.Exists(sections, section => section.Title == Harmonic)) yield return HarmonicNote;
        if (Array.Exists(sections, section => section.Title.StartsWith(TrainedOn, StringComparison.Ordinal))) yield return TransferNote;
        if (sections.SelectMany(section => section.Rows).SelectMany(row => row.Cells).Any(cell => cell.Refused)) yield return RefusedNote;
    }

    /// <summary>Returns the harmonic mean of two numbers; 0 if both are 0.</summary>
    public static double HarmonicMean(double first, double second) => first + second == 0 ? 0 : 2 * first * second / (first + second);

    private const string TrainedOn = "Trained on ";

    private static ResultSection[] Halves(SweepPlan plan, RowRuns[] rows)
    {
        ResultSection Section(string title, Func<RowRuns, int, SectionCell> cell) => new()
        {
            Title = title,
            Columns = plan.Datasets,
            Rows = Array.ConvertAll(rows, row => Row(row, [.. plan.Datasets.Select((_, column) => cell(row, column))])),
        };
        var known = Section("Base", (row, column) => Half(plan, row, column, ClassHalves.Base));
        var unseen = Section("New", (row, column) => Half(plan, row, column, ClassHalves.New));
        var harmonic = new ResultSection
        {
            Title = Harmonic,
            Columns = plan.Datasets,
            Rows = [.. known.Rows.Zip(unseen.Rows).Select(pair => new SectionRow
            {
                Label = pair.First.Label,
                Cells = [.. pair.First.Cells.Zip(pair.Second.Cells).Select(cells => Mean(cells.First, cells.Second))],
                Average = pair is { First.Average: { } first, Second.Average: { } second } ? HarmonicMean(first, second) : null,
            })],
        };
        return [known, unseen, harmonic];
    }

    private static SectionCell Mean(SectionCell first, SectionCell second) => new()
    {
        Complete = first.Complete && second.Complete,
        Refused = first.Refused || second.Refused,
        Value = first is { Complete: true, Value: { } b } && second is { Complete: true, Value: { } n } ? HarmonicMean(b, n) : null,
    };

    private static ResultSection Transfer(SweepPlan plan, RowRuns[] rows, string source, int column, string[] targets)
    {
        var half = Definition(plan, rows[0], column).Dataset.Classes;
        // If jobs train on one half, the whole data set can also be a target.
        string[] others = [.. targets.Where(target => half is not null || target != source)];
        return new ResultSection
        {
            Title = TrainedOn + source,
            Columns = [half is null ? source : $"{source} {half}", .. others],
            Rows = Array.ConvertAll(rows, row =>
                Row(row, [Own(row, column), .. others.Select(target => Target(plan, row, column, target))], leaveOut: 1)),
        };
    }

    private static SectionRow Row(RowRuns row, SectionCell[] cells, int leaveOut = 0)
    {
        var counted = cells[leaveOut..];
        return new SectionRow
        {
            Label = row.Planned.Label,
            Cells = cells,
            Average = counted.Length > 0 && Array.TrueForAll(counted, cell => cell is { Complete: true, Value: not null })
                ? counted.Average(cell => cell.Value!.Value) : null,
        };
    }

    private static SectionCell Half(SweepPlan plan, RowRuns row, int column, string half) =>
        Definition(plan, row, column).Dataset.Classes == half ? Own(row, column) : Target(plan, row, column, half);

    /// <summary>Returns the definition of one of a cell's jobs. All jobs in a cell have the same data set and targets.</summary>
    private static JobDefinition Definition(SweepPlan plan, RowRuns row, int column) =>
        plan.Groups[row.Planned.Cells[column].Candidates[0].Group].Definition;

    /// <summary>Returns the cell for the test images of the data set that the job trained on.</summary>
    private static SectionCell Own(RowRuns row, int column) => Cell(row.Chosen[column].Cell.Test, row.Chosen[column].Cell.Complete);

    private static SectionCell Target(SweepPlan plan, RowRuns row, int column, string target)
    {
        if (Definition(plan, row, column).Evaluate?.Targets.Any(one => one.Name == target) != true)
            return new SectionCell { Complete = false, Refused = true };
        var (chosen, runs, _) = row.Chosen[column];
        var found = runs.Select(run => run.Targets?.FirstOrDefault(one => one.Name == target)).OfType<TargetResult>().ToArray();
        return Cell(Statistics.Of([.. found.Select(one => (one.Correct, one.Total))]),
            chosen.Complete && found.Length == plan.Seeds.Length);
    }

    private static SectionCell Cell(Accuracy accuracy, bool complete) =>
        new() { Accuracy = accuracy, Value = accuracy.Mean, Complete = complete };

    /// <summary>A row with the chosen candidate of each cell.</summary>
    private sealed record RowRuns(PlannedRow Planned, (ResultCell Cell, RunDigits[] Runs, int? Group)[] Chosen);
}
