using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Optimisation;
using AdaptCluster.Training.Safetensors;
using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>
/// A method trained by SGD. One iteration calls, in this order: <see cref="Forward"/>, the gradients of <see cref="Trained"/>,
/// <see cref="BeforeUpdate"/>, the update, <see cref="Parts"/> and <see cref="AfterUpdate"/>.
/// </summary>
public interface ITrainableMethod : IMethod
{
    /// <summary>The tensors that SGD updates. The list never changes; its tensors may lose rows in <see cref="AfterUpdate"/>.</summary>
    IReadOnlyList<TrainedTensor> Trained { get; }

    /// <summary>How many times the job's epochs are run. Each round is a training run of its own; the last one gives the result.</summary>
    int Rounds => 1;

    /// <summary>Begins the next round. Called before its first iteration, and again when a run resumes at that point.</summary>
    void BeginRound() => throw new NotSupportedException("The method trains in a single round.");

    /// <summary>Methods whose values are equal pass through the backbone together when their batches have the same number of
    /// images.</summary>
    object StepsWith => this;

    /// <summary>Estimates the bytes that a step takes for this method at its current state, without the backbone.</summary>
    /// <param name="images">Images in the batch.</param>
    long StepBytes(int images);

    /// <summary>Computes loss and logits of one batch for each of several lanes.</summary>
    /// <param name="lanes">Batches, with the same number of images, of methods with the same <see cref="StepsWith"/>; this is the first
    /// one's method.</param>
    IReadOnlyList<StepOutput> Forward(IReadOnlyList<LaneBatch> lanes);

    /// <summary>
    /// Reads this iteration's gradients, which never include weight decay, together with the values at which they were computed. It may
    /// change the gradients.
    /// </summary>
    /// <param name="iteration">From 1.</param>
    void BeforeUpdate(int iteration);

    /// <summary>
    /// Whether a job with a different T_target, for which this method has also been trained so far, diverges from this shared run at this
    /// iteration.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="iteration">From 1; the iteration whose update has just been done.</param>
    bool Parts(JobDefinition job, int iteration) => false;

    /// <summary>Returns a copy that continues for a job with another T_target.</summary>
    /// <param name="job">The job to continue for.</param>
    ITrainableMethod Fork(JobDefinition job) => throw new NotSupportedException("The method does not support T_target.");

    /// <summary>Changes the method after an update.</summary>
    /// <param name="iteration">From 1.</param>
    /// <returns>The prune step, or null when there was none.</returns>
    PruneStep? AfterUpdate(int iteration);

    /// <summary>The result of the training: trained tensors and masks. They belong to the current dispose scope.</summary>
    Dictionary<string, torch.Tensor> Weights();

    /// <summary>
    /// Everything needed to resume bit-exactly, including <see cref="Weights"/>. The tensors belong to the current dispose scope.
    /// </summary>
    Dictionary<string, torch.Tensor> State();

    /// <summary>Restores what <see cref="State"/> returned.</summary>
    /// <param name="file">The checkpoint.</param>
    /// <exception cref="Contracts.InvalidInputException">The checkpoint belongs to a job of another size or is damaged.</exception>
    void Restore(SafetensorsFile file);
}

/// <summary>The output of one forward pass.</summary>
/// <param name="Loss">[], with its autograd graph.</param>
/// <param name="Logits">[B, classes].</param>
/// <param name="Terms">The unweighted terms of the loss by name, [] each; null where the loss is only the cross-entropy.</param>
public sealed record StepOutput(torch.Tensor Loss, torch.Tensor Logits, IReadOnlyDictionary<string, torch.Tensor>? Terms = null)
{
    /// <summary>Returns the output of a method whose loss is the cross-entropy.</summary>
    /// <param name="logits">[B, classes].</param>
    /// <param name="labels">[B], int64.</param>
    internal static StepOutput OfCrossEntropy(torch.Tensor logits, torch.Tensor labels) =>
        new(torch.nn.functional.cross_entropy(logits, labels), logits);

    /// <summary>Moves every tensor to the dispose scope around the current one.</summary>
    internal StepOutput MoveToOuterDisposeScope()
    {
        Loss.MoveToOuterDisposeScope();
        Logits.MoveToOuterDisposeScope();
        foreach (var term in Terms?.Values.Where(term => !ReferenceEquals(term, Loss)) ?? []) term.MoveToOuterDisposeScope();
        return this;
    }
}
