using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Sweeps.Specs;
using AdaptCluster.Training.Methods.Adapt.Scorers;

namespace AdaptCluster.Training.Methods.Adapt;

/// <summary>
/// Describes Adapt, which trains prompts in the keys and values of both towers and prunes them to T_target. The scorer and T_target are
/// keys of the arm. Jobs that differ only in T_target share a trunk.
/// </summary>
public sealed class AdaptDescriptor : MethodDescriptor<AdaptSettings>, IMethodFactory
{
    /// <summary>The warning code for a prune period that was shortened.</summary>
    public const string ScheduleFitted = PruneFit.ScheduleFitted;

    /// <summary>The warning code for a T_target that needs a longer context than the default.</summary>
    public const string LongerContext = PruneFit.LongerContext;

    /// <summary>The largest T_target that a spec can request.</summary>
    private const int MaxTarget = 1_000_000;

    /// <inheritdoc/>
    public override string Name => MethodNames.Adapt;

    /// <inheritdoc/>
    public override string Title => "Adapt";

    /// <inheritdoc/>
    public override int Order => 1;

    /// <inheritdoc/>
    public override MethodSummary Summary =>
        new("keys and values in every block of both towers, pruned to T_target", "depends on T_target", "per step", "per step");

    /// <inheritdoc/>
    public override string PresetSource => "the paper";

    /// <inheritdoc/>
    public override string ForkAxis => AxisValues.TTarget;

    /// <inheritdoc/>
    public override IReadOnlyList<SpecKey> Keys { get; } =
    [
        new(AxisValues.Scorer, new JsonObject
        {
            ["enum"] = new JsonArray([.. KnownScorers.All.Select(scorer => (JsonNode)scorer.Name)]),
            ["description"] = $"The saliency score. Default: {KnownScorers.Usual}.",
        }),
        new(AxisValues.TTarget, new JsonObject
        {
            ["type"] = "integer",
            ["minimum"] = 1,
            ["maximum"] = MaxTarget,
            ["description"] = "The number of context tokens left at the end, over both branches.",
        }, Missing: "add a number, a list, or {\"adaptive\": [...]}")
        {
            Description = "A number, a list (one row for each value), or {\"adaptive\": [...]} (one row, which uses the value with the "
                + "best validation accuracy on each data set).",
        },
    ];

    /// <inheritdoc/>
    public override IEnumerable<JsonNode?> ByPreference(string axis, IEnumerable<JsonNode?> values) =>
        axis == AxisValues.TTarget ? values.OrderBy(value => (int)value!) : values;

    /// <summary>Returns T_target, preceded by the scorer if any row uses a non-default scorer.</summary>
    public override IEnumerable<string> LeadingDetails(
        JsonObject arm, IReadOnlyCollection<string> grid, IReadOnlyCollection<string> chosen)
    {
        if (arm[AxisValues.Scorer] is JsonValue scorer && (ScorerOf(arm) != KnownScorers.Usual || grid.Contains(AxisValues.Scorer)))
            yield return (string)scorer!;
        yield return chosen.Contains(AxisValues.TTarget) ? "adaptive T" : $"T={(int)arm[AxisValues.TTarget]!}";
    }

    /// <inheritdoc/>
    public override ArmChoice Choice(AxisValues values, JsonObject arm, TrainSettings? train) =>
        new(values, ScorerOf(arm), (int)arm[AxisValues.TTarget]!, train);

    /// <summary>Returns the warm-up before pruning, if the warm-up is longer than the training.</summary>
    public override (string Setting, int Epochs) Longest(TrainSettings train) =>
        train.Adapt.PruneWarmupEpochs > train.Epochs ? ("pruneWarmupEpochs", train.Adapt.PruneWarmupEpochs) : base.Longest(train);

    /// <inheritdoc/>
    public override TrainSettings Fit(TrainSettings train, CellPlan plan) => PruneFit.Of(train, plan);

    /// <summary>
    /// Returns the number of iterations up to the first prune step at which a job with a smaller T_target removes tokens that this job
    /// keeps.
    /// </summary>
    public override int SharedIterations(JobDefinition job, BackboneInfo backbone, int iterations)
    {
        if (job is not { TTarget: { } target, Train: { } train }) return 0;
        var perEpoch = iterations / Math.Max(1, job.Epochs);
        var warmUp = (long)train.Adapt.PruneWarmupEpochs * perEpoch;
        return (int)Math.Min(iterations, warmUp + PrunePlan.Of(train, backbone, target, perEpoch).LastCommonIteration);
    }

    /// <inheritdoc/>
    public override double StepCost(JobWork work) => JobWork.Trained * ((work.Batch * work.Image) + work.Texts);

    /// <inheritdoc/>
    public IMethod Create(MethodInputs inputs) =>
        AdaptMethod.Create(inputs.Job, inputs.Model, inputs.Texts, inputs.IterationsPerEpoch);

    private static Scorer ScorerOf(JsonObject arm) =>
        arm[AxisValues.Scorer] is JsonValue scorer ? scorer.Deserialize<Scorer>(AdaptClusterJson.Compact) : KnownScorers.Usual;
}
