using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Optimisation;
using AdaptCluster.Training.Safetensors;
using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>
/// A method trained by SGD. The order of one iteration is: <see cref="Forward"/>; the backward pass, which sets the gradients of <see
/// cref="Trained"/>; <see cref="BeforeUpdate"/>; the update; <see cref="Parts"/>; <see cref="AfterUpdate"/>.
/// </summary>
public interface ITrainableMethod : IMethod
{
    /// <summary>The tensors that SGD updates. The list never changes, but its tensors can lose rows in <see cref="AfterUpdate"/>.</summary>
    IReadOnlyList<TrainedTensor> Trained { get; }

    /// <summary>
    /// The number of rounds. Each round is a complete training run over all of the job's epochs. The last round produces the result.
    /// </summary>
    int Rounds => 1;

    /// <summary>Begins the next round. Called before the first iteration of the round, and again if a run resumes at that point.</summary>
    void BeginRound() => throw new NotSupportedException("The method trains in a single round.");

    /// <summary>
    /// The key for grouping methods. Methods with equal keys pass through the backbone together if their batches have the same number of
    /// images.
    /// </summary>
    object StepsWith => this;

    /// <summary>Estimates the memory, in bytes, that a step needs for this method in its current state, excluding the backbone.</summary>
    /// <param name="images">The number of images in the batch.</param>
    long StepBytes(int images);

    /// <summary>Computes the loss and logits of one batch per lane.</summary>
    /// <param name="lanes">One batch per lane, all with the same number of images. The lanes' methods have equal <see cref="StepsWith"/>;
    /// this object is the first lane's method.</param>
    IReadOnlyList<StepOutput> Forward(IReadOnlyList<LaneBatch> lanes);

    /// <summary>
    /// Called after the backward pass and before the update, when the tensors still have the values at which their gradients were computed.
    /// The gradients do not include weight decay. The method can change them.
    /// </summary>
    /// <param name="iteration">The iteration, counted from 1.</param>
    void BeforeUpdate(int iteration);

    /// <summary>
    /// Whether a job with a different T_target, which has shared this run so far, diverges from the run at this iteration.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="iteration">The iteration, counted from 1, whose update has just been applied.</param>
    bool Parts(JobDefinition job, int iteration) => false;

    /// <summary>Returns a copy that continues the training for a job with a different T_target.</summary>
    /// <param name="job">The job for which the copy is trained.</param>
    ITrainableMethod Fork(JobDefinition job) => throw new NotSupportedException("The method does not support T_target.");

    /// <summary>Called after the update, for example to prune tokens.</summary>
    /// <param name="iteration">The iteration, counted from 1.</param>
    /// <returns>The prune step; null if the iteration is not a prune step.</returns>
    PruneStep? AfterUpdate(int iteration);

    /// <summary>Returns the result of the training: the trained tensors and masks, in the current dispose scope.</summary>
    Dictionary<string, torch.Tensor> Weights();

    /// <summary>
    /// Returns all tensors needed to resume bit-exactly, including those that <see cref="Weights"/> returns, in the current dispose scope.
    /// </summary>
    Dictionary<string, torch.Tensor> State();

    /// <summary>Restores the tensors that <see cref="State"/> returned.</summary>
    /// <param name="file">The checkpoint.</param>
    /// <exception cref="Contracts.InvalidInputException">The checkpoint is damaged or belongs to a job with different tensor
    /// shapes.</exception>
    void Restore(SafetensorsFile file);
}

/// <summary>The output of one forward pass.</summary>
/// <param name="Loss">The loss, [], with its autograd graph.</param>
/// <param name="Logits">The logits, [B, classes].</param>
/// <param name="Terms">The unweighted terms of the loss, [] each, keyed by name; null if the loss is only the cross-entropy.</param>
public sealed record StepOutput(torch.Tensor Loss, torch.Tensor Logits, IReadOnlyDictionary<string, torch.Tensor>? Terms = null)
{
    /// <summary>Returns the output for a method whose loss is the cross-entropy.</summary>
    /// <param name="logits">The logits, [B, classes].</param>
    /// <param name="labels">The labels, [B], int64.</param>
    internal static StepOutput OfCrossEntropy(torch.Tensor logits, torch.Tensor labels) =>
        new(torch.nn.functional.cross_entropy(logits, labels), logits);

    /// <summary>
    /// Returns the outputs of lanes whose losses are cross-entropies, computed with as many operations as for one lane. The digits may
    /// differ from those of separate computations.
    /// </summary>
    /// <param name="logits">The logits of all lanes, [lanes, B, classes].</param>
    /// <param name="labels">The labels of each lane, [B], int64.</param>
    internal static StepOutput[] OfCrossEntropies(torch.Tensor logits, IEnumerable<torch.Tensor> labels)
    {
        var (lanes, images) = (logits.shape[0], logits.shape[1]);
        var losses = torch.nn.functional.cross_entropy(
            logits.flatten(0, 1), torch.cat([.. labels], 0), reduction: torch.nn.Reduction.None).view(lanes, images).mean([1]);
        return [.. losses.unbind().Zip(logits.unbind(), (loss, own) => new StepOutput(loss, own))];
    }

    /// <summary>Moves every tensor to the enclosing dispose scope.</summary>
    internal StepOutput MoveToOuterDisposeScope()
    {
        Loss.MoveToOuterDisposeScope();
        Logits.MoveToOuterDisposeScope();
        foreach (var term in Terms?.Values.Where(term => !ReferenceEquals(term, Loss)) ?? []) term.MoveToOuterDisposeScope();
        return this;
    }
}
