using System.Text.Json.Serialization;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Contracts.Planning;

/// <summary>
/// Everything a sweep will do, cut once and never re-cut. Its size grows with the rows and data sets, not with the seeds: jobs that differ
/// only in their seed are one <see cref="PlannedGroup"/>, and job <c>group × seeds + seed index</c> is the <em>position</em> of a job
/// (<see cref="JobPosition"/>).
/// </summary>
[GenerateSerializer, Immutable, Alias("SweepPlan")]
public sealed record SweepPlan
{
    /// <summary>The sweep's name.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The spec it was made from.</summary>
    [Id(1)] public required string SpecJson { get; init; }

    /// <summary>The seeds, in the spec's order; each group has one job for each.</summary>
    [Id(2)] public required int[] Seeds { get; init; }

    /// <summary>What runs, each once, however many rows use it.</summary>
    [Id(3)] public required PlannedGroup[] Groups { get; init; }

    /// <summary>The rows of the table, in the spec's order.</summary>
    [Id(4)] public required PlannedRow[] Rows { get; init; }

    /// <summary>The columns of the table, in the spec's order.</summary>
    [Id(5)] public required string[] Datasets { get; init; }

    /// <summary>What the user should know before it runs.</summary>
    [Id(6)] public required PlanWarning[] Warnings { get; init; }

    /// <summary>SHA-256 of the backbone's files.</summary>
    [Id(7)] public required string BackboneFingerprint { get; init; }

    /// <summary>SHA-256 of what each data set is made from, in the order of <see cref="Datasets"/>.</summary>
    [Id(8)] public required string[] DatasetFingerprints { get; init; }

    /// <summary>Parameters of the backbone, without the table of token embeddings.</summary>
    [Id(9)] public long BackboneParameters { get; init; }

    /// <summary>How many seeds of a <see cref="PlannedGroup.PackGroup"/> train in one pack; 0, in plans of older versions, is 1.</summary>
    [Id(10)] public int SeedsPerPack { get; init; }

    /// <summary>
    /// The trainer version that it is planned for: only workers that run it get its jobs, and the ids of the jobs contain it. The store
    /// keeps it in a column of its own. 0, from older silos, is <see cref="TrainerVersion.BeforeOffers"/>.
    /// </summary>
    [Id(11), JsonIgnore] public int Trainer { get; init; }

    /// <summary>Names of what jobs are evaluated on beside their own test images, in the spec's order; null for nothing.</summary>
    [Id(12), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string[]? Evaluate { get; init; }

    /// <summary>Jobs.</summary>
    public int JobCount => Groups.Length * Seeds.Length;

    /// <summary>Packs: those of each <see cref="PlannedGroup.PackGroup"/>, so many seeds to a pack.</summary>
    public int PackCount => Groups.Length == 0 ? 0 : (Groups.Max(group => group.PackGroup) + 1) * PacksPerGroup;

    /// <summary>
    /// How many workers it can use at a time: jobs of one seed that differ in T_target alone stay together, all others may go to workers of
    /// their own.
    /// </summary>
    [JsonIgnore]
    public int MostWorkers =>
        Groups.Select(group => (group.PackGroup, group.Definition with { TTarget = null })).Distinct().Count() * Seeds.Length;

    /// <summary>Iterations that are trained: jobs that differ in T_target alone share their beginning.</summary>
    public long IterationsTrained => Groups.Sum(group => (long)group.Iterations - group.SharedIterations) * Seeds.Length;

    /// <summary>Training iterations of all jobs, each counted by itself.</summary>
    public long Iterations => Groups.Sum(group => (long)group.Iterations) * Seeds.Length;

    /// <summary>The same if each row of the table trained what it needs for itself.</summary>
    public long IterationsWithoutSharing =>
        Rows.Sum(row => row.Cells.Sum(cell => cell.Candidates.Sum(candidate => (long)Groups[candidate.Group].Iterations))) * Seeds.Length;

    /// <summary>The positions of all jobs.</summary>
    [JsonIgnore] public IEnumerable<JobPosition> Positions => Enumerable.Range(0, JobCount).Select(position => new JobPosition(position));

    /// <summary>The position of the job of a group with a seed.</summary>
    /// <param name="group">Index among <see cref="Groups"/>.</param>
    /// <param name="seed">Index among <see cref="Seeds"/>.</param>
    public JobPosition At(int group, int seed) => new((group * Seeds.Length) + seed);

    /// <summary>Index among <see cref="Groups"/> of the job at a position.</summary>
    public int GroupIndex(JobPosition position) => position.Value / Seeds.Length;

    /// <summary>Index among <see cref="Seeds"/> of the job at a position.</summary>
    public int SeedIndex(JobPosition position) => position.Value % Seeds.Length;

    /// <summary>The group of the job at a position.</summary>
    public PlannedGroup Group(JobPosition position) => Groups[GroupIndex(position)];

    /// <summary>What the job at a position computes.</summary>
    public JobDefinition Definition(JobPosition position) => Group(position).Definition with
    {
        Seed = Seeds[SeedIndex(position)],
    };

    /// <summary>SHA-256 of what the data set of the job at a position is made from.</summary>
    public string DatasetFingerprint(JobPosition position) => DatasetFingerprints[Group(position).Dataset];

    /// <summary>SHA-256 of the files of the backbone of the job at a position.</summary>
    public string BackboneFingerprintOf(JobPosition position) => Group(position).BackboneFingerprint ?? BackboneFingerprint;

    /// <summary>The pack of the job at a position.</summary>
    public PackNumber Pack(JobPosition position) =>
        new((Group(position).PackGroup * PacksPerGroup) + (SeedIndex(position) / Math.Max(1, SeedsPerPack)));

    private int PacksPerGroup => (Seeds.Length + Math.Max(1, SeedsPerPack) - 1) / Math.Max(1, SeedsPerPack);
}

/// <summary>Jobs that differ only in their seed.</summary>
[GenerateSerializer, Immutable, Alias("PlannedGroup")]
public sealed record PlannedGroup
{
    /// <summary>What they compute; its seed is the first of the plan's and stands for all.</summary>
    [Id(0)] public required JobDefinition Definition { get; init; }

    /// <summary>Training iterations of each; 0 for methods without training.</summary>
    [Id(1)] public required int Iterations { get; init; }

    /// <summary>Groups with the same number train together: same backbone, data set, shots and precision.</summary>
    [Id(2)] public required int PackGroup { get; init; }

    /// <summary>Index of its data set among <see cref="SweepPlan.Datasets"/>.</summary>
    [Id(3)] public required int Dataset { get; init; }

    /// <summary>About how many multiply-adds one of its jobs takes, by which times are estimated.</summary>
    [Id(4)] public double Cost { get; init; }

    /// <summary>
    /// Iterations at its start that it shares with the job of a smaller T_target and otherwise equal settings; 0 for the smallest.
    /// </summary>
    [Id(5)] public int SharedIterations { get; init; }

    /// <summary>SHA-256 of the files of its backbone, where that is not the plan's: arms may have backbones of their own.</summary>
    [Id(6), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? BackboneFingerprint { get; init; }
}

/// <summary>An arm of the sweep: one row of the table.</summary>
[GenerateSerializer, Immutable, Alias("PlannedRow")]
public sealed record PlannedRow
{
    /// <summary>The row's name in the table.</summary>
    [Id(0)] public required string Label { get; init; }

    /// <summary>One of <see cref="MethodNames"/>.</summary>
    [Id(1)] public required string Method { get; init; }

    /// <summary>Adapt only: the saliency score.</summary>
    [Id(2)] public Scorer? Scorer { get; init; }

    /// <summary>Adapt with one T_target only.</summary>
    [Id(3)] public int? TTarget { get; init; }

    /// <summary>Whether each data set takes the candidate with the best mean validation accuracy.</summary>
    [Id(4)] public required bool Adaptive { get; init; }

    /// <summary>One cell per data set, in the plan's order.</summary>
    [Id(5)] public required PlannedCell[] Cells { get; init; }

    /// <summary>The arm's name, without what the label says of its axes; null in plans of version 0.1.0.</summary>
    [Id(6), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Name { get; init; }

    /// <summary>Its values of the arm's lists and ranges beside T_target and scorer; null where there are none.</summary>
    [Id(7), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public AxisValues? Axes { get; init; }

    /// <summary>
    /// A hash of all its settings beside those on axes, which Adapt's scorer and T_target always are: rows of one family differ in these
    /// alone. Null in plans of version 0.1.0.
    /// </summary>
    [Id(8), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Family { get; init; }

    /// <summary>Parameters of its backbone as in <see cref="SweepPlan.BackboneParameters"/>, where it is not the plan's.</summary>
    [Id(9), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public long? BackboneParameters { get; init; }
}

/// <summary>An arm on a data set: one number of the table.</summary>
[GenerateSerializer, Immutable, Alias("PlannedCell")]
public sealed record PlannedCell
{
    /// <summary>The column.</summary>
    [Id(0)] public required string Dataset { get; init; }

    /// <summary>One candidate, or all of an adaptive arm: of equal ones the first is taken.</summary>
    [Id(1)] public required PlannedCandidate[] Candidates { get; init; }
}

/// <summary>One cell with one value of each setting.</summary>
/// <param name="TTarget">Its T_target; null for methods without one.</param>
/// <param name="Group">Index among <see cref="SweepPlan.Groups"/> of its jobs.</param>
/// <param name="Values">Its values of the adaptive settings beside T_target; null where there are none.</param>
[GenerateSerializer, Immutable, Alias("PlannedCandidate")]
public sealed record PlannedCandidate([property: Id(0)] int? TTarget, [property: Id(1)] int Group,
    [property: Id(2), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AxisValues? Values = null);

/// <summary>Something in a plan that the user should know.</summary>
/// <param name="Code">A stable name, such as "schedule-fitted".</param>
/// <param name="Path">JSON path of the spec that caused it.</param>
/// <param name="Message">One line with the numbers.</param>
[GenerateSerializer, Immutable, Alias("PlanWarning")]
public sealed record PlanWarning([property: Id(0)] string Code, [property: Id(1)] string Path, [property: Id(2)] string Message);

/// <summary>A plan with what the store already knows of it.</summary>
/// <param name="Plan">What would run.</param>
/// <param name="Cached">Jobs that an earlier sweep's results answer.</param>
/// <param name="WorkerTime">About how long one worker takes for the plan, by the speed of the last jobs with the same backbone; null while
/// none has ended.</param>
[GenerateSerializer, Immutable, Alias("PlanPreview")]
public sealed record PlanPreview([property: Id(0)] SweepPlan Plan, [property: Id(1)] int Cached,
    [property: Id(2)] TimeSpan? WorkerTime = null);
