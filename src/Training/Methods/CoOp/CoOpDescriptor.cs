using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Training.Methods.CoOp;

/// <summary>Describes CoOp, which trains one context for all classes.</summary>
public sealed class CoOpDescriptor : MethodDescriptor<CoOpSettings>, IMethodFactory
{
    /// <inheritdoc/>
    public override string Name => MethodNames.CoOp;

    /// <inheritdoc/>
    public override string Title => "CoOp";

    /// <inheritdoc/>
    public override int Order => 2;

    /// <inheritdoc/>
    public override MethodSummary Summary =>
        new("one context for all classes, before the names", "8,192", "frozen", "per step");

    /// <inheritdoc/>
    public override string PresetSource =>
        "KaiyangZhou/CoOp `vit_b16.yaml`; 100 epochs for 2 to 7 shots, 50 for one shot and on ImageNet (COOP.md)";

    /// <inheritdoc/>
    protected override TrainSettings Common => new() { Epochs = 200, BatchSize = 32, LearningRate = 0.002 };

    /// <inheritdoc/>
    public override int? EpochsByShots(int shots, DatasetSource dataset) => CoOpEpochs.ByShots(shots, dataset);

    /// <inheritdoc/>
    public override int ContextLength(TrainSettings train) =>
        MethodSettings.Of<CoOpSettings>(train) is { StartFromTemplate: false } own ? own.ContextLength : 0;

    /// <inheritdoc/>
    public IMethod Create(MethodInputs inputs) => CoOpMethod.Create(inputs);
}
