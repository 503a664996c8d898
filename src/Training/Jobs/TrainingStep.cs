using AdaptCluster.Training.Methods;
using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>The forward and backward pass of several lanes together.</summary>
internal static class TrainingStep
{
    /// <summary>Sets the gradients of all lanes' trained tensors, in the current dispose scope; updates nothing.</summary>
    /// <param name="lanes">Batches of methods on one backbone.</param>
    /// <returns>What each lane's batch gave.</returns>
    internal static StepResult[] Differentiate(IReadOnlyList<LaneBatch> lanes)
    {
        // A step that failed on its way back has left some, to which the pass below would add.
        foreach (var tensor in lanes.SelectMany(lane => lane.Method.Trained)) tensor.DropGradient();
        var outputs = Forward(lanes);
        // A lane that lost all of its rows has no graph. The sum leaves each lane's gradients what they are by themselves.
        var reached = outputs.Select(output => output.Loss).Where(loss => loss.requires_grad).ToArray();
        // Not torch.autograd.grad, whose errors, such as too little memory, end the process.
        if (reached.Length > 0) torch.stack(reached).sum().backward();
        foreach (var tensor in lanes.SelectMany(lane => lane.Method.Trained)) tensor.TakeGradient();
        return
        [
            .. outputs.Select((output, i) =>
                new StepResult(output.Loss.detach(), output.Logits.detach().argmax(1).eq(lanes[i].Labels).sum())),
        ];
    }

    /// <summary>Lanes that can pass the backbone together do, one group after the other.</summary>
    private static StepOutput[] Forward(IReadOnlyList<LaneBatch> lanes)
    {
        var outputs = new StepOutput[lanes.Count];
        foreach (var group in Enumerable.Range(0, lanes.Count).GroupBy(lane =>
            (lanes[lane].Method.StepsWith, Images: lanes[lane].Labels.shape[0])))
        {
            var found = lanes[group.First()].Method.Forward([.. group.Select(lane => lanes[lane])]);
            foreach (var (lane, output) in group.Zip(found)) outputs[lane] = output;
        }
        return outputs;
    }
}

/// <summary>What one lane's batch gave; not read yet, so that a GPU need not wait.</summary>
/// <param name="LossThere">[], before the update, on the device.</param>
/// <param name="Correct">[], images of the batch that were classified right before the update.</param>
internal sealed record StepResult(torch.Tensor LossThere, torch.Tensor Correct)
{
    /// <summary>Reads the loss, for which a device is waited for.</summary>
    internal double Loss => LossThere.item<float>();
}
