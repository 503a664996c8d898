using System.Text.Json.Serialization;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Contracts.Planning;

/// <summary>
/// The complete plan of a sweep, which never changes. Its size grows with the rows and data sets, but not with the seeds: jobs that differ
/// only in their seed form one <see cref="PlannedGroup"/>. The index of a job, <c>group × seeds + seed index</c>, is its <em>position</em>
/// (<see cref="JobPosition"/>).
/// </summary>
[GenerateSerializer, Immutable, Alias("SweepPlan")]
public sealed record SweepPlan
{
    /// <summary>The sweep's name.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The spec from which the plan was made.</summary>
    [Id(1)] public required string SpecJson { get; init; }

    /// <summary>The seeds, in the spec's order; each group has one job per seed.</summary>
    [Id(2)] public required int[] Seeds { get; init; }

    /// <summary>The groups of jobs to run. Each group is listed once, even if several rows use it.</summary>
    [Id(3)] public required PlannedGroup[] Groups { get; init; }

    /// <summary>The table's rows, in the spec's order.</summary>
    [Id(4)] public required PlannedRow[] Rows { get; init; }

    /// <summary>The data sets, which are the columns of the table, in the spec's order.</summary>
    [Id(5)] public required string[] Datasets { get; init; }

    /// <summary>Warnings for the user to read before the sweep runs.</summary>
    [Id(6)] public required PlanWarning[] Warnings { get; init; }

    /// <summary>The SHA-256 hash of the backbone's files.</summary>
    [Id(7)] public required string BackboneFingerprint { get; init; }

    /// <summary>The SHA-256 hash of each data set's content, in the order of <see cref="Datasets"/>.</summary>
    [Id(8)] public required string[] DatasetFingerprints { get; init; }

    /// <summary>The number of the backbone's parameters, excluding the token embeddings.</summary>
    [Id(9)] public long BackboneParameters { get; init; }

    /// <summary>
    /// The number of seeds in a <see cref="PlannedGroup.PackGroup"/> that train in one pack. Plans of older versions contain 0, which means
    /// 1.
    /// </summary>
    [Id(10)] public int SeedsPerPack { get; init; }

    /// <summary>
    /// The trainer version that the sweep is planned for. Only workers that run this version get the sweep's jobs, and the job ids depend
    /// on it. The store keeps it in a separate column. Older silos send 0, which means <see cref="TrainerVersion.BeforeOffers"/>.
    /// </summary>
    [Id(11), JsonIgnore] public int Trainer { get; init; }

    /// <summary>
    /// The names of the targets on which jobs are evaluated in addition to their own test images, in the spec's order; null for none.
    /// </summary>
    [Id(12), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string[]? Evaluate { get; init; }

    /// <summary>The number of jobs.</summary>
    public int JobCount => Groups.Length * Seeds.Length;

    /// <summary>
    /// The number of packs. Each <see cref="PlannedGroup.PackGroup"/> is divided into packs of <see cref="SeedsPerPack"/> seeds.
    /// </summary>
    public int PackCount => Groups.Length == 0 ? 0 : (Groups.Max(group => group.PackGroup) + 1) * PacksPerGroup;

    /// <summary>
    /// The maximum number of workers that the sweep can use concurrently. Jobs of one seed that differ only in T_target stay together; all
    /// other jobs can go to different workers.
    /// </summary>
    [JsonIgnore]
    public int MostWorkers =>
        Groups.Select(group => (group.PackGroup, group.Definition with { TTarget = null })).Distinct().Count() * Seeds.Length;

    /// <summary>The number of iterations to train. A trunk shared by jobs that differ only in T_target is counted once.</summary>
    public long IterationsTrained => Groups.Sum(group => (long)group.Iterations - group.SharedIterations) * Seeds.Length;

    /// <summary>The number of training iterations over all jobs, with every job counted separately.</summary>
    public long Iterations => Groups.Sum(group => (long)group.Iterations) * Seeds.Length;

    /// <summary>The number of training iterations if every row of the table trained its own jobs, without sharing.</summary>
    public long IterationsWithoutSharing =>
        Rows.Sum(row => row.Cells.Sum(cell => cell.Candidates.Sum(candidate => (long)Groups[candidate.Group].Iterations))) * Seeds.Length;

    /// <summary>The positions of all jobs.</summary>
    [JsonIgnore] public IEnumerable<JobPosition> Positions => Enumerable.Range(0, JobCount).Select(position => new JobPosition(position));

    /// <summary>Returns the position of the job with the given group and seed.</summary>
    /// <param name="group">The group's index in <see cref="Groups"/>.</param>
    /// <param name="seed">The seed's index in <see cref="Seeds"/>.</param>
    public JobPosition At(int group, int seed) => new((group * Seeds.Length) + seed);

    /// <summary>Returns the index in <see cref="Groups"/> for the job at a position.</summary>
    public int GroupIndex(JobPosition position) => position.Value / Seeds.Length;

    /// <summary>Returns the index in <see cref="Seeds"/> for the job at a position.</summary>
    public int SeedIndex(JobPosition position) => position.Value % Seeds.Length;

    /// <summary>Returns the group of the job at a position.</summary>
    public PlannedGroup Group(JobPosition position) => Groups[GroupIndex(position)];

    /// <summary>Returns the definition of the job at a position.</summary>
    public JobDefinition Definition(JobPosition position) => Group(position).Definition with
    {
        Seed = Seeds[SeedIndex(position)],
    };

    /// <summary>Returns the SHA-256 hash of the data set's content for the job at a position.</summary>
    public string DatasetFingerprint(JobPosition position) => DatasetFingerprints[Group(position).Dataset];

    /// <summary>Returns the SHA-256 hash of the backbone's files for the job at a position.</summary>
    public string BackboneFingerprintOf(JobPosition position) => Group(position).BackboneFingerprint ?? BackboneFingerprint;

    /// <summary>Returns the number of the pack that contains the job at a position.</summary>
    public PackNumber Pack(JobPosition position) =>
        new((Group(position).PackGroup * PacksPerGroup) + (SeedIndex(position) / Math.Max(1, SeedsPerPack)));

    private int PacksPerGroup => (Seeds.Length + Math.Max(1, SeedsPerPack) - 1) / Math.Max(1, SeedsPerPack);
}

/// <summary>A group of jobs that differ only in their seed.</summary>
[GenerateSerializer, Immutable, Alias("PlannedGroup")]
public sealed record PlannedGroup
{
    /// <summary>The definition of the jobs. Its seed is the first of the plan's seeds.</summary>
    [Id(0)] public required JobDefinition Definition { get; init; }

    /// <summary>The number of training iterations in each job; 0 for methods without training.</summary>
    [Id(1)] public required int Iterations { get; init; }

    /// <summary>
    /// The number of the pack group. Groups with the same number train together: they have the same backbone, data set, shots and
    /// precision.
    /// </summary>
    [Id(2)] public required int PackGroup { get; init; }

    /// <summary>The index of the data set in <see cref="SweepPlan.Datasets"/>.</summary>
    [Id(3)] public required int Dataset { get; init; }

    /// <summary>The approximate number of MACs for one job, used for time estimates.</summary>
    [Id(4)] public double Cost { get; init; }

    /// <summary>
    /// The number of initial iterations that each job shares with the job that has the smallest T_target and otherwise equal settings; 0
    /// for the jobs with the smallest T_target.
    /// </summary>
    [Id(5)] public int SharedIterations { get; init; }

    /// <summary>
    /// The SHA-256 hash of the group's backbone files; null if it is the plan's backbone. Arms can have different backbones.
    /// </summary>
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

    /// <summary>The saliency scorer; null for methods other than Adapt.</summary>
    [Id(2)] public Scorer? Scorer { get; init; }

    /// <summary>The T_target of an Adapt row with a single value; otherwise null.</summary>
    [Id(3)] public int? TTarget { get; init; }

    /// <summary>Whether each data set uses the candidate with the best mean validation accuracy.</summary>
    [Id(4)] public required bool Adaptive { get; init; }

    /// <summary>One cell per data set, in the plan's order.</summary>
    [Id(5)] public required PlannedCell[] Cells { get; init; }

    /// <summary>The arm's name, without the axis values that the label contains; null in plans of version 0.1.0.</summary>
    [Id(6), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Name { get; init; }

    /// <summary>
    /// The row's value on each axis (list or range) of its arm, except T_target and scorer; null if there is no other axis.
    /// </summary>
    [Id(7), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public AxisValues? Axes { get; init; }

    /// <summary>
    /// A hash of all settings that are not on an axis. Adapt's scorer and T_target are always on an axis. Rows of one family differ only in
    /// their axis values. Null in plans of version 0.1.0.
    /// </summary>
    [Id(8), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Family { get; init; }

    /// <summary>
    /// The number of parameters of the row's backbone, as in <see cref="SweepPlan.BackboneParameters"/>; null if it is the plan's backbone.
    /// </summary>
    [Id(9), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public long? BackboneParameters { get; init; }
}

/// <summary>An arm on one data set, which is one number of the table.</summary>
[GenerateSerializer, Immutable, Alias("PlannedCell")]
public sealed record PlannedCell
{
    /// <summary>The name of the data set.</summary>
    [Id(0)] public required string Dataset { get; init; }

    /// <summary>The only candidate, or all candidates of an adaptive arm. If several are equally good, the first is selected.</summary>
    [Id(1)] public required PlannedCandidate[] Candidates { get; init; }
}

/// <summary>A candidate for a cell, with one value for each adaptive setting.</summary>
/// <param name="TTarget">The T_target; null for methods without one.</param>
/// <param name="Group">The index of the candidate's jobs in <see cref="SweepPlan.Groups"/>.</param>
/// <param name="Values">The values of the adaptive settings other than T_target; null if there are none.</param>
[GenerateSerializer, Immutable, Alias("PlannedCandidate")]
public sealed record PlannedCandidate([property: Id(0)] int? TTarget, [property: Id(1)] int Group,
    [property: Id(2), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AxisValues? Values = null);

/// <summary>A warning about a plan.</summary>
/// <param name="Code">A stable name, such as "schedule-fitted".</param>
/// <param name="Path">The JSON path of the cause in the spec.</param>
/// <param name="Message">The message, on one line, with the relevant numbers.</param>
[GenerateSerializer, Immutable, Alias("PlanWarning")]
public sealed record PlanWarning([property: Id(0)] string Code, [property: Id(1)] string Path, [property: Id(2)] string Message);

/// <summary>A plan, with the number of its results that the store already has.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Cached">The number of jobs whose result is available from an earlier sweep.</param>
/// <param name="WorkerTime">The approximate time that a single worker needs for the plan, estimated from the speed of the latest jobs with
/// the same backbone; null if no such job has ended.</param>
[GenerateSerializer, Immutable, Alias("PlanPreview")]
public sealed record PlanPreview([property: Id(0)] SweepPlan Plan, [property: Id(1)] int Cached,
    [property: Id(2)] TimeSpan? WorkerTime = null)
{
    /// <summary>
    /// The number of jobs without a stored result that only need to evaluate existing prompts, because a job that differs only in its
    /// targets has already trained the prompts. 0 for plans without targets.
    /// </summary>
    [Id(3)] public int Evaluated { get; init; }

    /// <summary>The number of jobs with targets that must train, because neither their result nor their prompts are stored.</summary>
    [Id(4)] public int Training { get; init; }
}
