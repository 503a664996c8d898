using AdaptCluster.Training.Backbones;
using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>
/// A method that trains a fixed set of tensors and whose lanes pass through the towers together on a GPU: a step of many lanes makes as
/// many tower calls as a step of one. On a CPU each lane passes by itself, and what the lanes share is computed once.
/// </summary>
/// <param name="model">The backbone.</param>
/// <param name="tensors">The trained tensors; this object takes ownership.</param>
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
    /// Everything besides the backbone that determines which rows pass through the towers. Lanes of the same method with equal objects pass
    /// together.
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
    /// The inputs that the method needs for each lane's images: the embedded images when prompts pass through the tower with them, or the
    /// output of a frozen tower.
    /// </summary>
    /// <param name="lanes">The lanes.</param>
    protected virtual IReadOnlyList<torch.Tensor> Images(IReadOnlyList<LaneBatch> lanes) => [.. lanes.Select(lane => lane.Embedded)];

    /// <summary>Computes loss and logits of each lane. Other tensors created on the way are disposed on return.</summary>
    /// <param name="lanes">Batches, with the same number of images, of methods with the same <see cref="StepsWith"/>; this is the first
    /// one's method.</param>
    /// <param name="images">What <see cref="Images"/> returned for each lane.</param>
    protected abstract IReadOnlyList<StepOutput> ForwardTogether(
        IReadOnlyList<LaneBatch> lanes, IReadOnlyList<torch.Tensor> images);

    /// <summary>Computes loss and logits of a single lane.</summary>
    protected sealed override StepOutput Forward(LaneBatch batch) => ForwardTogether([batch], Images([batch]))[0];

    /// <summary>
    /// The output of a frozen image tower for each lane's batch, without gradients. A batch that lanes share is encoded once.
    /// </summary>
    /// <param name="lanes">The lanes.</param>
    /// <param name="encode">Maps [B, image tokens, width] to one result per image.</param>
    /// <param name="kept">Returns the cached results of a batch, or null if there are none.</param>
    protected IReadOnlyList<torch.Tensor> Frozen(
        IReadOnlyList<LaneBatch> lanes, Func<torch.Tensor, torch.Tensor> encode, Func<LaneBatch, torch.Tensor?> kept) =>
        FrozenBatches.Encode(lanes, encode, kept, _passesTogether);

    /// <summary>Pooled features of a frozen image tower for each lane's batch.</summary>
    /// <returns>[B, embedding size] each, not normalised.</returns>
    protected IReadOnlyList<torch.Tensor> FrozenFeatures(IReadOnlyList<LaneBatch> lanes) =>
        Frozen(lanes, embedded => Model.EncodeEmbeddedImages(embedded), batch => batch.Features?.Invoke());

    /// <summary>Concatenates the images of several lanes in order.</summary>
    protected static torch.Tensor Joined(IReadOnlyList<torch.Tensor> lanes) => lanes.Count == 1 ? lanes[0] : torch.cat([.. lanes], 0);

    /// <summary>Computes loss and logits of each lane separately, and disposes everything else created on the way.</summary>
    /// <param name="lanes">The lanes.</param>
    /// <param name="each">Returns the output of one lane, given its index.</param>
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
