using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training.Methods;

namespace AdaptCluster.Shift;

/// <summary>Describes Shift, which trains one vector that is added to every text feature.</summary>
public sealed class ShiftDescriptor : MethodDescriptor<ShiftSettings>, IMethodFactory
{
    /// <inheritdoc/>
    public override string Name => "shift";

    /// <inheritdoc/>
    public override string Title => "Shift";

    /// <inheritdoc/>
    public override MethodSummary Summary => new("one vector, added to every text feature", "512", "frozen", "frozen, once per job");

    /// <inheritdoc/>
    public override string PresetSource => "this example";

    /// <inheritdoc/>
    protected override TrainSettings Common => new() { Epochs = 20, BatchSize = 32, LearningRate = 0.002 };

    /// <summary>Returns the cost of encoding the images only, because the texts are encoded once per job.</summary>
    public override double StepCost(JobWork work) => work.Batch * work.Image;

    /// <inheritdoc/>
    public IMethod Create(MethodInputs inputs) => ShiftMethod.Create(inputs, MethodSettings.Of<ShiftSettings>(inputs.Train));
}
