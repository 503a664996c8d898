using System.Text.Json.Serialization;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Contracts.Planning;

/// <summary>
/// Everything a sweep will do, decided once and never changed. Its size grows with the rows and data sets, not with the seeds: jobs that
/// differ only in their seed are one <see cref="PlannedGroup"/>, and the index of a job, <c>group × seeds + seed index</c>, is its
/// <em>position</em> (<see cref="JobPosition"/>).
/// </summary>
[GenerateSerializer, Immutable, Alias("SweepPlan")]
public sealed record SweepPlan
{
    /// <summary>The sweep's name.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The spec that the plan was made from.</summary>
    [Id(1)] public required string SpecJson { get; init; }

    /// <summary>The seeds, in the spec's order; each group has one job per seed.</summary>
    [Id(2)] public required int[] Seeds { get; init; }

    /// <summary>The groups of jobs to run; each is listed once, however many rows use it.</summary>
    [Id(3)] public required PlannedGroup[] Groups { get; init; }

    /// <summary>The rows of the table, in the spec's order.</summary>
    [Id(4)] public required PlannedRow[] Rows { get; init; }

    /// <summary>The columns of the table, in the spec's order.</summary>
    [Id(5)] public required string[] Datasets { get; init; }

    /// <summary>What the user should know before the sweep runs.</summary>
    [Id(6)] public required PlanWarning[] Warnings { get; init; }

    /// <summary>SHA-256 of the backbone's files.</summary>
    [Id(7)] public required string BackboneFingerprint { get; init; }

    /// <summary>SHA-256 of what each data set is made from, in the order of <see cref="Datasets"/>.</summary>
    [Id(8)] public required string[] DatasetFingerprints { get; init; }

    /// <summary>The number of parameters of the backbone, without the token embeddings.</summary>
    [Id(9)] public long BackboneParameters { get; init; }

    /// <summary>
    /// The number of seeds of a <see cref="PlannedGroup.PackGroup"/> that train in one pack; 0, in plans of older versions, means 1.
    /// </summary>
    [Id(10)] public int SeedsPerPack { get; init; }

    /// <summary>
    /// The trainer version that the sweep is planned for. Only workers that run it get its jobs, and the ids of the jobs contain it. The
    /// store keeps it in a column of its own. 0, from older silos, means <see cref="TrainerVersion.BeforeOffers"/>.
    /// </summary>
    [Id(11), JsonIgnore] public int Trainer { get; init; }

    /// <summary>
    /// The names of the targets that jobs are evaluated on in addition to their own test images, in the spec's order; null for none.
    /// </summary>
    [Id(12), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string[]? Evaluate { get; init; }

    /// <summary>The number of jobs.</summary>
    public int JobCount => Groups.Length * Seeds.Length;

    /// <summary>
    /// The number of packs. Each <see cref="PlannedGroup.PackGroup"/> is divided into packs by <see cref="SeedsPerPack"/>.
    /// </summary>
    public int PackCount => Groups.Length == 0 ? 0 : (Groups.Max(group => group.PackGroup) + 1) * PacksPerGroup;

    /// <summary>
    /// The maximum number of workers that the sweep can use at a time. Jobs of one seed that differ only in T_target stay together; all
    /// others can go to different workers.
    /// </summary>
    [JsonIgnore]
    public int MostWorkers =>
        Groups.Select(group => (group.PackGroup, group.Definition with { TTarget = null })).Distinct().Count() * Seeds.Length;

    /// <summary>The number of iterations that are trained: jobs that differ only in T_target share their beginning.</summary>
    public long IterationsTrained => Groups.Sum(group => (long)group.Iterations - group.SharedIterations) * Seeds.Length;

    /// <summary>The number of training iterations of all jobs, without sharing between jobs.</summary>
    public long Iterations => Groups.Sum(group => (long)group.Iterations) * Seeds.Length;

    /// <summary>The number of training iterations if each row of the table trained all that it needs.</summary>
    public long IterationsWithoutSharing =>
        Rows.Sum(row => row.Cells.Sum(cell => cell.Candidates.Sum(candidate => (long)Groups[candidate.Group].Iterations))) * Seeds.Length;

    /// <summary>The positions of all jobs.</summary>
    [JsonIgnore] public IEnumerable<JobPosition> Positions => Enumerable.Range(0, JobCount).Select(position => new JobPosition(position));

    /// <summary>Returns the position of the job of a group and a seed.</summary>
    /// <param name="group">The index in <see cref="Groups"/>.</param>
    /// <param name="seed">The index in <see cref="Seeds"/>.</param>
    public JobPosition At(int group, int seed) => new((group * Seeds.Length) + seed);

    /// <summary>Returns the index in <see cref="Groups"/> of the job at a position.</summary>
    public int GroupIndex(JobPosition position) => position.Value / Seeds.Length;

    /// <summary>Returns the index in <see cref="Seeds"/> of the job at a position.</summary>
    public int SeedIndex(JobPosition position) => position.Value % Seeds.Length;

    /// <summary>Returns the group of the job at a position.</summary>
    public PlannedGroup Group(JobPosition position) => Groups[GroupIndex(position)];

    /// <summary>Returns the definition of the job at a position.</summary>
    public JobDefinition Definition(JobPosition position) => Group(position).Definition with
    {
        Seed = Seeds[SeedIndex(position)],
    };

    /// <summary>Returns the SHA-256 of what the data set of the job at a position is made from.</summary>
    public string DatasetFingerprint(JobPosition position) => DatasetFingerprints[Group(position).Dataset];

    /// <summary>Returns the SHA-256 of the backbone's files of the job at a position.</summary>
    public string BackboneFingerprintOf(JobPosition position) => Group(position).BackboneFingerprint ?? BackboneFingerprint;

    /// <summary>Returns the pack of the job at a position.</summary>
    public PackNumber Pack(JobPosition position) =>
        new((Group(position).PackGroup * PacksPerGroup) + (SeedIndex(position) / Math.Max(1, SeedsPerPack)));

    private int PacksPerGroup => (Seeds.Length + Math.Max(1, SeedsPerPack) - 1) / Math.Max(1, SeedsPerPack);
}

/// <summary>Jobs that differ only in their seed.</summary>
[GenerateSerializer, Immutable, Alias("PlannedGroup")]
public sealed record PlannedGroup
{
    /// <summary>The definition of the jobs; its seed is the first of the plan's and stands for all.</summary>
    [Id(0)] public required JobDefinition Definition { get; init; }

    /// <summary>The number of training iterations of each job; 0 for methods without training.</summary>
    [Id(1)] public required int Iterations { get; init; }

    /// <summary>
    /// The number of the pack group. Groups with the same number train together: they have the same backbone, data set, shots and
    /// precision.
    /// </summary>
    [Id(2)] public required int PackGroup { get; init; }

    /// <summary>The index of the data set in <see cref="SweepPlan.Datasets"/>.</summary>
    [Id(3)] public required int Dataset { get; init; }

    /// <summary>The approximate number of MACs of one job, for time estimates.</summary>
    [Id(4)] public double Cost { get; init; }

    /// <summary>
    /// The number of iterations at the start that a job shares with the job that has a smaller T_target and otherwise equal settings; 0
    /// for the smallest T_target.
    /// </summary>
    [Id(5)] public int SharedIterations { get; init; }

    /// <summary>SHA-256 of the files of the group's backbone, if it is not the plan's: arms can have different backbones.</summary>
    [Id(6), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? BackboneFingerprint { get; init; }
}

/// <summary>An arm of the sweep: one row of the table.</summary>
[GenerateSerializer, Immutable, Alias("PlannedRow")]
public sealed record PlannedRow
{
    /// <summary>The row's name in the table.</summary>
    [Id(0)] public required string Label { get; init; }

    /// <summary>The name of the method.</summary>
    [Id(1)] public required string Method { get; init; }

    /// <summary>Adapt only: the saliency score.</summary>
    [Id(2)] public Scorer? Scorer { get; init; }

    /// <summary>The T_target of an Adapt row that has only one; otherwise null.</summary>
    [Id(3)] public int? TTarget { get; init; }

    /// <summary>Whether each data set uses the candidate with the best mean validation accuracy.</summary>
    [Id(4)] public required bool Adaptive { get; init; }

    /// <summary>One cell per data set, in the plan's order.</summary>
    [Id(5)] public required PlannedCell[] Cells { get; init; }

    /// <summary>The arm's name, without the axis values that the label contains; null in plans of version 0.1.0.</summary>
    [Id(6), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Name { get; init; }

    /// <summary>The row's value on each axis (list or range) of its arm, except T_target and scorer; null if it has no other.</summary>
    [Id(7), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public AxisValues? Axes { get; init; }

    /// <summary>
    /// A hash of all settings that are not on an axis (Adapt's scorer and T_target always are on one). Rows of one family differ only in
    /// their axes. Null in plans of version 0.1.0.
    /// </summary>
    [Id(8), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Family { get; init; }

    /// <summary>
    /// The number of parameters of the row's backbone, as in <see cref="SweepPlan.BackboneParameters"/>, if it is not the plan's.
    /// </summary>
    [Id(9), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public long? BackboneParameters { get; init; }
}

/// <summary>An arm on one data set: one number of the table.</summary>
[GenerateSerializer, Immutable, Alias("PlannedCell")]
public sealed record PlannedCell
{
    /// <summary>The column.</summary>
    [Id(0)] public required string Dataset { get; init; }

    /// <summary>One candidate, or all candidates of an adaptive arm; of equally good ones the first is chosen.</summary>
    [Id(1)] public required PlannedCandidate[] Candidates { get; init; }
}

/// <summary>A cell with one value for each adaptive setting.</summary>
/// <param name="TTarget">The T_target; null for methods without one.</param>
/// <param name="Group">The index in <see cref="SweepPlan.Groups"/> of its jobs.</param>
/// <param name="Values">The values of the adaptive settings other than T_target; null if there are none.</param>
[GenerateSerializer, Immutable, Alias("PlannedCandidate")]
public sealed record PlannedCandidate([property: Id(0)] int? TTarget, [property: Id(1)] int Group,
    [property: Id(2), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AxisValues? Values = null);

/// <summary>Something in a plan that the user should know.</summary>
/// <param name="Code">A stable name, such as "schedule-fitted".</param>
/// <param name="Path">JSON path of the cause in the spec.</param>
/// <param name="Message">One line with the numbers.</param>
[GenerateSerializer, Immutable, Alias("PlanWarning")]
public sealed record PlanWarning([property: Id(0)] string Code, [property: Id(1)] string Path, [property: Id(2)] string Message);

/// <summary>A plan with what the store already has for it.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Cached">The number of jobs whose result an earlier sweep has.</param>
/// <param name="WorkerTime">The approximate time that one worker needs for the plan, estimated from the speed of the last jobs with the
/// same backbone; null if none has ended.</param>
[GenerateSerializer, Immutable, Alias("PlanPreview")]
public sealed record PlanPreview([property: Id(0)] SweepPlan Plan, [property: Id(1)] int Cached,
    [property: Id(2)] TimeSpan? WorkerTime = null)
{
    /// <summary>
    /// The number of other jobs that only evaluate prompts on their targets, because an identical job with other targets has trained them.
    /// 0 for plans without targets.
    /// </summary>
    [Id(3)] public int Evaluated { get; init; }

    /// <summary>The number of jobs with targets that train, because neither their result nor their prompts are stored.</summary>
    [Id(4)] public int Training { get; init; }
}
