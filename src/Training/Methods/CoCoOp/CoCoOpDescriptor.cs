using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Training.Methods.CoCoOp;

/// <summary>Describes CoCoOp, which trains a context and a network that shifts it for each image.</summary>
public sealed class CoCoOpDescriptor : MethodDescriptor<CoCoOpSettings>, IMethodFactory
{
    /// <inheritdoc/>
    public override string Name => MethodNames.CoCoOp;

    /// <inheritdoc/>
    public override string Title => "CoCoOp";

    /// <inheritdoc/>
    public override int Order => 3;

    /// <inheritdoc/>
    public override MethodSummary Summary =>
        new("a context, and a network that shifts it for each image", "35,360", "frozen", "per step and image");

    /// <inheritdoc/>
    public override string PresetSource =>
        "KaiyangZhou/CoOp `vit_b16_c4_ep10_batch1_ctxv1.yaml`";

    /// <inheritdoc/>
    protected override TrainSettings Common => new() { Epochs = 10, BatchSize = 1, LearningRate = 0.002 };

    // Each image has its own texts, in the evaluation too.

    /// <inheritdoc/>
    public override double StepCost(JobWork work) => work.Batch * (work.Image + (JobWork.Trained * work.Texts));

    /// <inheritdoc/>
    public override double EvaluationCost(JobWork work) => work.Evaluated * work.Texts;

    /// <inheritdoc/>
    public IMethod Create(MethodInputs inputs) => CoCoOpMethod.Create(inputs);
}
