using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training.Methods.CoOp;

namespace AdaptCluster.Training.Methods.ProGrad;

/// <summary>Describes ProGrad, which is CoOp with gradients aligned to zero-shot CLIP.</summary>
public sealed class ProGradDescriptor : MethodDescriptor<ProGradSettings>, IMethodFactory
{
    /// <inheritdoc/>
    public override string Name => MethodNames.ProGrad;

    /// <inheritdoc/>
    public override string Title => "ProGrad";

    /// <inheritdoc/>
    public override int Order => 7;

    /// <inheritdoc/>
    public override MethodSummary Summary =>
        new("a context whose gradient must not conflict with zero-shot CLIP's", "8,192", "frozen", "per step, two backward passes");

    /// <inheritdoc/>
    public override string PresetSource =>
        "BeierZhu/Prompt-align `rn50_ep*_ctx.yaml`; 100 epochs for 2 to 7 shots, 50 for one shot and on ImageNet (COOP.md)";

    /// <inheritdoc/>
    protected override TrainSettings Common => new() { Epochs = 200, BatchSize = 32, LearningRate = 0.002 };

    /// <inheritdoc/>
    public override int? EpochsByShots(int shots, DatasetSource dataset) => CoOpEpochs.ByShots(shots, dataset);

    /// <inheritdoc/>
    public override int ContextLength(TrainSettings train) => MethodSettings.Of<ProGradSettings>(train).ContextLength;

    /// <inheritdoc/>
    public IMethod Create(MethodInputs inputs) => ProGradMethod.Create(inputs);
}
