using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training.Methods;

namespace AdaptCluster.Shift;

/// <summary>Shift: one trained vector that is added to every text feature.</summary>
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

    /// <summary>The texts pass their tower once, so a step costs its images alone.</summary>
    public override double StepCost(JobWork work) => work.Batch * work.Image;

    /// <inheritdoc/>
    public IMethod Create(MethodInputs inputs) => ShiftMethod.Create(inputs, MethodSettings.Of<ShiftSettings>(inputs.Train));
}
