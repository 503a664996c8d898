using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Training.Methods.Maple;

/// <summary>Describes MaPLe, which trains text tokens in the first blocks and projects them to image tokens.</summary>
public sealed class MapleDescriptor : MethodDescriptor<MapleSettings>, IMethodFactory
{
    /// <inheritdoc/>
    public override string Name => MethodNames.Maple;

    /// <inheritdoc/>
    public override string Title => "MaPLe";

    /// <inheritdoc/>
    public override int Order => 6;

    /// <inheritdoc/>
    public override MethodSummary Summary =>
        new("text tokens in the first blocks, and linear layers that project them to image tokens", "3,555,072", "per step", "per step");

    /// <inheritdoc/>
    public override string PresetSource =>
        "muzairkhattak/multimodal-prompt-learning `MaPLe/vit_b16_c2_ep5_batch4_2ctx.yaml`; no few-shot setting was published";

    /// <inheritdoc/>
    protected override TrainSettings Common => new() { Epochs = 5, BatchSize = 4, LearningRate = 0.0035 };

    /// <inheritdoc/>
    public override double StepCost(JobWork work) => JobWork.Trained * ((work.Batch * work.Image) + work.Texts);

    /// <inheritdoc/>
    public IMethod Create(MethodInputs inputs) => MapleMethod.Create(inputs);
}
