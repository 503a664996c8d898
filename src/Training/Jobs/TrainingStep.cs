using AdaptCluster.Training.Methods;
using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>Runs the forward and backward passes of several lanes together.</summary>
internal static class TrainingStep
{
    /// <summary>Computes the gradients of all lanes' trained tensors, in the current dispose scope, without updating anything.</summary>
    /// <param name="lanes">One batch per lane. All methods use the same backbone.</param>
    /// <param name="passes">Decides on a CPU which lanes pass through the towers together; null to leave that to the methods.</param>
    /// <returns>The results for each lane's batch.</returns>
    internal static StepResult[] Differentiate(IReadOnlyList<LaneBatch> lanes, JointPasses? passes = null)
    {
        // A step whose backward pass failed may have left gradients, to which the pass below would add.
        foreach (var tensor in lanes.SelectMany(lane => lane.Method.Trained)) tensor.DropGradient();
        var groups = Groups(lanes);
        var comparisons = groups.Select(group => passes?.Begin([.. group.Select(lane => lanes[lane])])).ToArray();
        var outputs = Differentiate(lanes, Forward(lanes, groups));
        foreach (var (group, comparison) in groups.Zip(comparisons)) comparison?.End([.. group.Select(lane => outputs[lane])]);
        return [.. outputs.Zip(Correct(lanes, outputs), (output, correct) => new StepResult(output.Loss.detach(), correct))];
    }

    /// <summary>
    /// Counts the images of each lane that were classified correctly, if possible with as many operations as for one lane.
    /// </summary>
    private static IEnumerable<torch.Tensor> Correct(IReadOnlyList<LaneBatch> lanes, IReadOnlyList<StepOutput> outputs)
    {
        if (outputs.All(output => output.Logits.shape.SequenceEqual(outputs[0].Logits.shape)))
            return torch.stack(outputs.Select(output => output.Logits.detach())).argmax(2)
                .eq(torch.stack(lanes.Select(lane => lane.Labels))).sum(1).unbind();
        return outputs.Select((output, i) => output.Logits.detach().argmax(1).eq(lanes[i].Labels).sum());
    }

    /// <summary>Runs the backward pass of all lanes, and moves the gradients to the trained tensors.</summary>
    /// <param name="lanes">The lanes.</param>
    /// <param name="outputs">The output of each lane's forward pass.</param>
    /// <returns>The outputs.</returns>
    internal static IReadOnlyList<StepOutput> Differentiate(IReadOnlyList<LaneBatch> lanes, IReadOnlyList<StepOutput> outputs)
    {
        // A lane without any rows left has no graph. Summing the losses does not change the gradients of a single lane.
        var reached = outputs.Select(output => output.Loss).Where(loss => loss.requires_grad).ToArray();
        // torch.autograd.grad is not used, because its errors, such as out of memory, terminate the process.
        if (reached.Length > 0) torch.stack(reached).sum().backward();
        foreach (var tensor in lanes.SelectMany(lane => lane.Method.Trained)) tensor.TakeGradient();
        return outputs;
    }

    /// <summary>Returns the groups of lanes that can pass through the backbone together, by the indices of their lanes.</summary>
    private static int[][] Groups(IReadOnlyList<LaneBatch> lanes) =>
    [
        .. Enumerable.Range(0, lanes.Count)
            .GroupBy(lane => (lanes[lane].Method.StepsWith, Images: lanes[lane].Labels.shape[0]))
            .Select(group => group.ToArray()),
    ];

    private static StepOutput[] Forward(IReadOnlyList<LaneBatch> lanes, int[][] groups)
    {
        var outputs = new StepOutput[lanes.Count];
        foreach (var group in groups)
        {
            var found = lanes[group[0]].Method.Forward([.. group.Select(lane => lanes[lane])]);
            foreach (var (lane, output) in group.Zip(found)) outputs[lane] = output;
        }
        return outputs;
    }
}

/// <summary>The results for one lane's batch. They stay on the device, so that a GPU is not synchronised.</summary>
/// <param name="LossThere">The loss before the update, [], on the device.</param>
/// <param name="Correct">The number of images in the batch that were classified correctly before the update, [].</param>
internal sealed record StepResult(torch.Tensor LossThere, torch.Tensor Correct)
{
    /// <summary>The loss. Reading it waits for the device.</summary>
    internal double Loss => LossThere.item<float>();
}
