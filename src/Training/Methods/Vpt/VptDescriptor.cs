using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Training.Methods.Vpt;

/// <summary>Describes VPT-deep, which trains new image tokens in each block.</summary>
public sealed class VptDescriptor : MethodDescriptor<VptSettings>, IMethodFactory
{
    /// <inheritdoc/>
    public override string Name => MethodNames.Vpt;

    /// <inheritdoc/>
    public override string Title => "VPT";

    /// <inheritdoc/>
    public override int Order => 4;

    /// <inheritdoc/>
    public override MethodSummary Summary =>
        new("tokens after the patches, new ones in each block", "73,728", "per step", "frozen, once per job");

    /// <inheritdoc/>
    public override string PresetSource =>
        "muzairkhattak/multimodal-prompt-learning `VPT/vit_b16_c2_ep5_batch4_4.yaml`";

    /// <inheritdoc/>
    protected override TrainSettings Common => new() { Epochs = 5, BatchSize = 4, LearningRate = 0.0025 };

    /// <inheritdoc/>
    public override double StepCost(JobWork work) => JobWork.Trained * work.Batch * work.Image;

    /// <inheritdoc/>
    public IMethod Create(MethodInputs inputs) => VptMethod.Create(inputs);
}
