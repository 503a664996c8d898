using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Training.Methods.ZeroShot;

/// <summary>Describes zero-shot CLIP, which trains nothing.</summary>
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
        new("nothing", "0", "frozen", "frozen, once per job");

    /// <inheritdoc/>
    public override bool IsTrained => false;

    /// <inheritdoc/>
    public override double StepCost(JobWork work) => 0;

    /// <inheritdoc/>
    public IMethod Create(MethodInputs inputs) => new ZeroShotMethod(inputs.Model, inputs.Texts);
}
