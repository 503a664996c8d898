using AdaptCluster.Training.Methods.Plot;
using AdaptCluster.Training.Tests.Backbones.Clip;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Methods;

public sealed class PlotMemoryTests(SmallClip clip) : IClassFixture<SmallClip>
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(5, 4)]
    public void A_steps_bytes_grow_with_the_batch_as_the_transport_problem_does(int classes, int prompts)
    {
        int[][] texts = [.. Enumerable.Range(0, classes).Select(name => (int[])[38, 0, 0, 0, 1 + name, 39])];
        using var method = new PlotMethod(clip.Model, texts, torch.zeros(prompts, 3, clip.Model.Config.Text.Width),
            new Sinkhorn(0.1, 0.01, 100), addPooled: false);
        var perImage = method.StepBytes(5) - method.StepBytes(4);

        Assert.Equal(96 * perImage, method.StepBytes(100) - method.StepBytes(4));
        // A cosine for each class, patch and prompt; they and the plan are kept at least.
        var problem = sizeof(float) * classes * clip.Model.Config.Patches * prompts;
        Assert.InRange(perImage, 2 * problem, 10 * problem);
        Assert.True(method.StepBytes(0) > 0, "The texts' part does not depend on the batch.");
    }
}
