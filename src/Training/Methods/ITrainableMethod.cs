using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Optimisation;
using AdaptCluster.Training.Safetensors;
using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>
/// A method that is trained by SGD. One iteration calls, in this order: <see cref="Forward"/>, the gradients of <see cref="Trained"/>,
/// <see cref="BeforeUpdate"/>, the update, <see cref="Parts"/> and <see cref="AfterUpdate"/>.
/// </summary>
public interface ITrainableMethod : IMethod
{
    /// <summary>The tensors that SGD updates. The list stays; its tensors may lose rows in <see cref="AfterUpdate"/>.</summary>
    IReadOnlyList<TrainedTensor> Trained { get; }

    /// <summary>How often the job's epochs are run: each round is a training of its own, and the last one gives the result.</summary>
    int Rounds => 1;

    /// <summary>Begins the next round; called before its first iteration, and again where a run goes on from there.</summary>
    void BeginRound() => throw new NotSupportedException("The method has one round.");

    /// <summary>Methods with equal objects here pass the backbone together, where their batches have equally many images.</summary>
    object StepsWith => this;

    /// <summary>About how many bytes a step takes for this method at its present state, the backbone left out.</summary>
    /// <param name="images">Images of the batch.</param>
    long StepBytes(int images);

    /// <summary>Loss and logits of one batch for each of several lanes.</summary>
    /// <param name="lanes">Batches of methods that have <see cref="StepsWith"/> in common, equally many images each; the first one's method
    /// is this.</param>
    IReadOnlyList<StepOutput> Forward(IReadOnlyList<LaneBatch> lanes);

    /// <summary>
    /// Looks at the gradients of this iteration, which never hold the weight decay, beside the values they were taken at, and may change
    /// them.
    /// </summary>
    /// <param name="iteration">From 1.</param>
    void BeforeUpdate(int iteration);

    /// <summary>
    /// Whether a job that has another T_target, and for which this method has been trained so far as well, would change the method in
    /// another way now.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="iteration">From 1; the one whose update has just been done.</param>
    bool Parts(JobDefinition job, int iteration) => false;

    /// <summary>A copy that goes on for another T_target.</summary>
    /// <param name="job">The job that it goes on for.</param>
    ITrainableMethod Fork(JobDefinition job) => throw new NotSupportedException("The method knows no T_target.");

    /// <summary>Changes the method after an update.</summary>
    /// <param name="iteration">From 1.</param>
    /// <returns>The prune step, or null when there was none.</returns>
    PruneStep? AfterUpdate(int iteration);

    /// <summary>What the user gets at the end: the trained tensors and masks. They belong to the current dispose scope.</summary>
    Dictionary<string, torch.Tensor> Weights();

    /// <summary>
    /// All that the method must find again to go on bit for bit, <see cref="Weights"/> included. They belong to the current dispose scope.
    /// </summary>
    Dictionary<string, torch.Tensor> State();

    /// <summary>Takes up what <see cref="State"/> gave.</summary>
    /// <param name="file">The checkpoint.</param>
    /// <exception cref="Contracts.InvalidInputException">It belongs to a job of another size or is damaged.</exception>
    void Restore(SafetensorsFile file);
}

/// <summary>What one forward pass gives.</summary>
/// <param name="Loss">[], with its graph.</param>
/// <param name="Logits">[B, classes].</param>
/// <param name="Terms">The parts of the loss by name, [] each, before their weights; null where the loss is the cross-entropy
/// alone.</param>
public sealed record StepOutput(torch.Tensor Loss, torch.Tensor Logits, IReadOnlyDictionary<string, torch.Tensor>? Terms = null)
{
    /// <summary>The output of a method whose loss is the cross-entropy.</summary>
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
