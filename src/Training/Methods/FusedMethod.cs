using AdaptCluster.Training.Backbones;
using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>
/// A method that trains a fixed set of tensors and whose lanes pass the towers together: a step of many lanes has as many calls of a tower
/// as a step of one. Each lane's loss is its own, so that a lane finds the same alone and among others.
/// </summary>
/// <param name="model">The backbone.</param>
/// <param name="tensors">The trained tensors; owned from now on.</param>
public abstract class FusedMethod(IBackbone model, NamedTensors tensors) : TensorMethod(model, tensors)
{
    /// <summary>The method, the backbone and <see cref="Structure"/>.</summary>
    public sealed override object StepsWith => (GetType(), Model, Structure);

    /// <summary>
    /// Everything but the backbone that decides which rows pass the towers: lanes of the same method whose objects are equal pass together.
    /// </summary>
    protected abstract object Structure { get; }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<StepOutput> Forward(IReadOnlyList<LaneBatch> lanes)
    {
        using var scope = torch.NewDisposeScope();
        return [.. ForwardTogether(lanes).Select(output => output.MoveToOuterDisposeScope())];
    }

    /// <summary>Loss and logits of each lane. What else it makes goes when it returns.</summary>
    /// <param name="lanes">Batches of methods with the same <see cref="StepsWith"/>, equally many images each; the first one's method is
    /// this.</param>
    protected abstract IReadOnlyList<StepOutput> ForwardTogether(IReadOnlyList<LaneBatch> lanes);

    /// <summary>A group of one lane.</summary>
    protected sealed override StepOutput Forward(LaneBatch batch) => ForwardTogether([batch])[0];

    /// <summary>Loss and logits of each lane by itself, without what else is made on the way.</summary>
    /// <param name="lanes">The lanes.</param>
    /// <param name="each">The output of one, from its place among the lanes.</param>
    protected static StepOutput[] Each(IReadOnlyList<LaneBatch> lanes, Func<int, StepOutput> each) =>
    [
        .. lanes.Select((_, i) =>
        {
            using var scope = torch.NewDisposeScope();
            return each(i).MoveToOuterDisposeScope();
        }),
    ];

    /// <summary>The methods of lanes.</summary>
    /// <typeparam name="TMethod">This method's type.</typeparam>
    protected static TMethod[] MethodsOf<TMethod>(IReadOnlyList<LaneBatch> lanes) where TMethod : FusedMethod =>
        [.. lanes.Select(lane => (TMethod)lane.Method)];
}
