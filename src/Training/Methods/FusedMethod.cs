using AdaptCluster.Training.Backbones;
using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>
/// A method that trains a fixed set of tensors and whose lanes pass the towers together on a GPU: a step of many lanes has as many calls of
/// a tower as a step of one. On a CPU each lane passes by itself, with what the lanes share computed once.
/// </summary>
/// <param name="model">The backbone.</param>
/// <param name="tensors">The trained tensors; owned from now on.</param>
public abstract class FusedMethod(IBackbone model, NamedTensors tensors) : TensorMethod(model, tensors), ILanesTogether
{
    private bool _passesTogether = model.Device.type == DeviceType.CUDA;

    /// <summary>The method, the backbone and <see cref="Structure"/>.</summary>
    public sealed override object StepsWith => (GetType(), Model, Structure);

    bool ILanesTogether.PassesTogether
    {
        get => _passesTogether;
        set => _passesTogether = value;
    }

    /// <summary>
    /// Everything but the backbone that decides which rows pass the towers: lanes of the same method whose objects are equal pass together.
    /// </summary>
    protected abstract object Structure { get; }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<StepOutput> Forward(IReadOnlyList<LaneBatch> lanes)
    {
        using var scope = torch.NewDisposeScope();
        var images = Images(lanes);
        var outputs = _passesTogether ? ForwardTogether(lanes, images)
            : [.. lanes.Select((lane, i) => ((FusedMethod)lane.Method).ForwardAlone(lane, images[i]))];
        return [.. outputs.Select(output => output.MoveToOuterDisposeScope())];
    }

    /// <summary>
    /// What the method needs of each lane's images: embedded, for prompts to pass the tower with them, or what a frozen tower makes of
    /// them.
    /// </summary>
    /// <param name="lanes">The lanes.</param>
    protected virtual IReadOnlyList<torch.Tensor> Images(IReadOnlyList<LaneBatch> lanes) => [.. lanes.Select(lane => lane.Embedded)];

    /// <summary>Loss and logits of each lane. What else it makes goes when it returns.</summary>
    /// <param name="lanes">Batches of methods with the same <see cref="StepsWith"/>, equally many images each; the first one's method is
    /// this.</param>
    /// <param name="images">What <see cref="Images"/> gave of each.</param>
    protected abstract IReadOnlyList<StepOutput> ForwardTogether(
        IReadOnlyList<LaneBatch> lanes, IReadOnlyList<torch.Tensor> images);

    /// <summary>A group of one lane.</summary>
    protected sealed override StepOutput Forward(LaneBatch batch) => ForwardTogether([batch], Images([batch]))[0];

    /// <summary>
    /// The results of a frozen image tower for each lane's batch, without gradients: a batch that lanes share passes once.
    /// </summary>
    /// <param name="lanes">The lanes.</param>
    /// <param name="encode">From [B, image tokens, width] to results by image.</param>
    /// <param name="kept">Results of a batch that are kept; null where none are.</param>
    protected IReadOnlyList<torch.Tensor> Frozen(
        IReadOnlyList<LaneBatch> lanes, Func<torch.Tensor, torch.Tensor> encode, Func<LaneBatch, torch.Tensor?> kept) =>
        FrozenBatches.Encode(lanes, encode, kept, _passesTogether);

    /// <summary>Pooled features of a frozen image tower for each lane's batch.</summary>
    /// <returns>[B, embedding size] each, not normalised.</returns>
    protected IReadOnlyList<torch.Tensor> FrozenFeatures(IReadOnlyList<LaneBatch> lanes) =>
        Frozen(lanes, embedded => Model.EncodeEmbeddedImages(embedded), batch => batch.Features?.Invoke());

    /// <summary>The images of several lanes, lane after lane.</summary>
    protected static torch.Tensor Joined(IReadOnlyList<torch.Tensor> lanes) => lanes.Count == 1 ? lanes[0] : torch.cat([.. lanes], 0);

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

    private StepOutput ForwardAlone(LaneBatch lane, torch.Tensor images)
    {
        using var scope = torch.NewDisposeScope();
        return ForwardTogether([lane], [images])[0].MoveToOuterDisposeScope();
    }
}
