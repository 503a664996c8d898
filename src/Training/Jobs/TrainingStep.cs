using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Methods;
using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>One iteration: forward, gradients, update, and what the method does around the update.</summary>
internal static class TrainingStep
{
    /// <summary>Runs one iteration.</summary>
    /// <param name="method">What is trained.</param>
    /// <param name="embedded">[B, image tokens, width].</param>
    /// <param name="labels">[B], int64.</param>
    /// <param name="sgd">The optimiser.</param>
    /// <param name="learningRate">The step size.</param>
    /// <param name="iteration">From 1.</param>
    /// <exception cref="DivergedException">The loss is no number; nothing was updated.</exception>
    internal static StepResult Run(
        ITrainableMethod method, torch.Tensor embedded, torch.Tensor labels, Sgd sgd, double learningRate, int iteration)
    {
        using var scope = torch.NewDisposeScope();
        var output = method.Forward(embedded, labels);
        Differentiate(output.Loss, method.Trained);
        var loss = output.Loss.item<float>();
        if (!float.IsFinite(loss)) throw new DivergedException(iteration, loss);
        method.BeforeUpdate(iteration);
        foreach (var tensor in method.Trained) sgd.Update(tensor, learningRate);
        var pruneStep = method.AfterUpdate(iteration);
        var correct = output.Logits.detach().argmax(1).eq(labels).sum();
        return new StepResult(loss, correct.MoveToOuterDisposeScope(), pruneStep);
    }

    /// <summary>Sets the gradients of the trained tensors, in the current dispose scope.</summary>
    internal static void Differentiate(torch.Tensor loss, IReadOnlyList<TrainedTensor> trained)
    {
        // A tensor that lost all of its rows is in no graph.
        var reached = trained.Where(t => t.Value.NumberOfElements > 0).ToList();
        var gradients = reached.Count == 0 ? [] : torch.autograd.grad([loss], [.. reached.Select(t => t.Value)]);
        foreach (var tensor in trained) tensor.Gradient = null;
        for (var i = 0; i < reached.Count; i++) reached[i].Gradient = gradients[i];
        foreach (var tensor in trained) tensor.Gradient ??= torch.zeros_like(tensor.Value, requires_grad: false);
    }
}

/// <summary>What one iteration gave.</summary>
/// <param name="Loss">Before the update.</param>
/// <param name="Correct">[], images of the batch that were classified right before the update; not read yet, so that a GPU need not
/// wait.</param>
/// <param name="PruneStep">The prune step after the update, if any.</param>
internal sealed record StepResult(double Loss, torch.Tensor Correct, PruneStep? PruneStep);
