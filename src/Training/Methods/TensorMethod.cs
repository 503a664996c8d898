using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Optimisation;
using AdaptCluster.Training.Safetensors;
using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>
/// A method that trains a fixed set of tensors. This class stores and restores the tensors, and runs lanes one after the other; the lanes
/// of a <see cref="FusedMethod"/> run together. A derived class defines how the tensors are used and how the loss is computed.
/// </summary>
/// <param name="model">The backbone.</param>
/// <param name="tensors">The trained tensors; this object takes ownership.</param>
public abstract class TensorMethod(IBackbone model, NamedTensors tensors) : ITrainableMethod
{
    /// <inheritdoc/>
    public IReadOnlyList<TrainedTensor> Trained => Tensors.All;

    /// <inheritdoc/>
    public virtual int ImageContextTokens => 0;

    /// <inheritdoc/>
    public virtual int TextContextTokens => 0;

    /// <inheritdoc/>
    public long TrainableParameters => Trained.Sum(tensor => tensor.Value.NumberOfElements);

    /// <inheritdoc/>
    public virtual long MultiplyAdds => Model.Cost.MultiplyAdds([], []);

    /// <inheritdoc/>
    public virtual long HookMultiplyAdds => Model.Cost.HookMultiplyAdds(0, 0);

    /// <summary>The backbone.</summary>
    protected IBackbone Model => model;

    /// <summary>The trained tensors.</summary>
    protected NamedTensors Tensors => tensors;

    /// <summary>Returns 0, which is correct for methods whose trained tensors do not pass through a tower.</summary>
    public virtual long StepBytes(int images) => 0;

    /// <inheritdoc/>
    public virtual object StepsWith => this;

    /// <inheritdoc/>
    public virtual IReadOnlyList<StepOutput> Forward(IReadOnlyList<LaneBatch> lanes) =>
        [.. lanes.Select(lane => ((TensorMethod)lane.Method).ForwardAlone(lane))];

    /// <inheritdoc/>
    public virtual void BeforeUpdate(int iteration)
    {
        // The gradients of the loss are used as they are.
    }

    /// <inheritdoc/>
    public PruneStep? AfterUpdate(int iteration) => null;

    /// <inheritdoc/>
    public abstract IClassifier Freeze();

    /// <inheritdoc/>
    public Dictionary<string, torch.Tensor> Weights() => Tensors.Weights();

    /// <inheritdoc/>
    public Dictionary<string, torch.Tensor> State() => Tensors.State();

    /// <inheritdoc/>
    public void Restore(SafetensorsFile file) => Tensors.Restore(file);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        GC.SuppressFinalize(this);
        Tensors.Dispose();
    }

    /// <summary>Computes the loss and logits of one batch. The caller's dispose scope disposes intermediate tensors.</summary>
    /// <param name="batch">The lane's batch.</param>
    protected abstract StepOutput Forward(LaneBatch batch);

    /// <summary>
    /// Returns the frozen tower's features for the images, without gradients. Cached features are reused. Must be called only if no trained
    /// tensor enters the image tower.
    /// </summary>
    /// <returns>The features, [B, embedding size], not normalised.</returns>
    protected torch.Tensor FrozenImages(LaneBatch batch)
    {
        if (batch.Features is { } known) return known();
        using var noGradients = torch.no_grad();
        return Model.EncodeEmbeddedImages(batch.Embedded);
    }

    private StepOutput ForwardAlone(LaneBatch batch)
    {
        using var scope = torch.NewDisposeScope();
        return Forward(batch).MoveToOuterDisposeScope();
    }
}
