using AdaptCluster.Training.Backbones;
using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>
/// A method that trains a fixed set of tensors. On a GPU, its lanes pass through the towers together, so a step with many lanes makes no
/// more tower calls than a step with one lane. On a CPU, each lane passes separately, but if several lanes share a batch, a frozen tower
/// encodes it only once.
/// </summary>
/// <param name="model">The backbone.</param>
/// <param name="tensors">The trained tensors; this object takes ownership.</param>
public abstract class FusedMethod(IBackbone model, NamedTensors tensors) : TensorMethod(model, tensors), ILanesTogether
{
    private bool _passesTogether = model.Device.type == DeviceType.CUDA;

    /// <summary>The method's type, the backbone and <see cref="Structure"/>.</summary>
    public sealed override object StepsWith => (GetType(), Model, Structure);

    bool ILanesTogether.PassesTogether
    {
        get => _passesTogether;
        set => _passesTogether = value;
    }

    /// <summary>
    /// A value that, together with the backbone, determines which rows pass through the towers. Lanes with the same method type and equal
    /// values pass through the towers together.
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
    /// Returns the image input for each lane: the embedded images if the method adds prompts to the image tower, otherwise the output of
    /// the frozen tower.
    /// </summary>
    /// <param name="lanes">The lanes.</param>
    protected virtual IReadOnlyList<torch.Tensor> Images(IReadOnlyList<LaneBatch> lanes) => [.. lanes.Select(lane => lane.Embedded)];

    /// <summary>Computes the loss and logits of each lane. The caller's dispose scope disposes intermediate tensors.</summary>
    /// <param name="lanes">One batch per lane, all with the same number of images. The lanes' methods have equal <see cref="StepsWith"/>;
    /// this object is the first lane's method.</param>
    /// <param name="images">The result of <see cref="Images"/> for each lane.</param>
    protected abstract IReadOnlyList<StepOutput> ForwardTogether(
        IReadOnlyList<LaneBatch> lanes, IReadOnlyList<torch.Tensor> images);

    /// <summary>Computes the loss and logits of a single lane.</summary>
    protected sealed override StepOutput Forward(LaneBatch batch) => ForwardTogether([batch], Images([batch]))[0];

    /// <summary>
    /// Returns the output of the frozen image tower for each lane's batch, without gradients. A batch that several lanes share is encoded
    /// once.
    /// </summary>
    /// <param name="lanes">The lanes.</param>
    /// <param name="encode">A function that maps [B, image tokens, width] to one result per image.</param>
    /// <param name="kept">A function that returns the cached results for a batch; null if they are not cached.</param>
    protected IReadOnlyList<torch.Tensor> Frozen(
        IReadOnlyList<LaneBatch> lanes, Func<torch.Tensor, torch.Tensor> encode, Func<LaneBatch, torch.Tensor?> kept) =>
        FrozenBatches.Encode(lanes, encode, kept, _passesTogether);

    /// <summary>Returns the pooled features of the frozen image tower for each lane's batch.</summary>
    /// <returns>The features of each lane, [B, embedding size], not normalised.</returns>
    protected IReadOnlyList<torch.Tensor> FrozenFeatures(IReadOnlyList<LaneBatch> lanes) =>
        Frozen(lanes, embedded => Model.EncodeEmbeddedImages(embedded), batch => batch.Features?.Invoke());

    /// <summary>Concatenates the images of several lanes in order.</summary>
    protected static torch.Tensor Joined(IReadOnlyList<torch.Tensor> lanes) => lanes.Count == 1 ? lanes[0] : torch.cat([.. lanes], 0);

    /// <summary>Computes the loss and logits of each lane separately, and disposes the intermediate tensors.</summary>
    /// <param name="lanes">The lanes.</param>
    /// <param name="each">A function that returns the output of one lane, given its index.</param>
    protected static StepOutput[] Each(IReadOnlyList<LaneBatch> lanes, Func<int, StepOutput> each) =>
    [
        .. lanes.Select((_, i) =>
        {
            using var scope = torch.NewDisposeScope();
            return each(i).MoveToOuterDisposeScope();
        }),
    ];

    /// <summary>Returns each lane's method.</summary>
    /// <typeparam name="TMethod">The type of this method.</typeparam>
    protected static TMethod[] MethodsOf<TMethod>(IReadOnlyList<LaneBatch> lanes) where TMethod : FusedMethod =>
        [.. lanes.Select(lane => (TMethod)lane.Method)];

    private StepOutput ForwardAlone(LaneBatch lane, torch.Tensor images)
    {
        using var scope = torch.NewDisposeScope();
        return ForwardTogether([lane], [images])[0].MoveToOuterDisposeScope();
    }
}
