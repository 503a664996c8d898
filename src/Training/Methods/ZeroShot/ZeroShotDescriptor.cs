using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Training.Methods.ZeroShot;

/// <summary>CLIP without training.</summary>
public sealed class ZeroShotDescriptor : MethodDescriptor, IMethodFactory
{
    /// <inheritdoc/>
    public override string Name => MethodNames.ZeroShot;

    /// <inheritdoc/>
    public override string Title => "Zero-shot";

    /// <inheritdoc/>
    public override int Order => 0;

    /// <inheritdoc/>
    public override MethodSummary Summary =>
        new("nothing", "0", "CLIP's", "CLIP's");

    /// <inheritdoc/>
    public override bool IsTrained => false;

    /// <inheritdoc/>
    public override double StepCost(JobWork work) => 0;

    /// <inheritdoc/>
    public IMethod Create(MethodInputs inputs) => new ZeroShotMethod(inputs.Model, inputs.Texts);
}
