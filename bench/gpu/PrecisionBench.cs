using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Libtorch;
using AdaptCluster.Training.Numerics;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Bench;

/// <summary>How far the other precisions are from float32: logits, loss and gradients of steps at random prompts and images.</summary>
internal static class PrecisionBench
{
    private const int ContextLength = 16;

    private const double Deviation = 0.02;

    /// <summary>Measures every precision.</summary>
    internal static void Run(BenchArguments arguments, torch.Device device)
    {
        var (size, folder) = (arguments.Text("--size", "tiny"), arguments.Text("--backbone", ""));
        var (classes, images) = (arguments.Number("--classes", 10), arguments.Number("--images", 16));
        var steps = arguments.Number("--steps", 8);
        var precisions = arguments.Precisions("tf32,bfloat16");
        using var model = folder.Length > 0 ? ClipModel.Load(folder, device) : RandomClip.Load(RandomClip.Of(size), device);
        var name = folder.Length > 0 ? Path.GetFileName(folder) : $"{size}, random weights";
        var table = arguments.Table($"Precision of {name}: {steps} steps of {images} images, {Machine.Describe(device)}", "precision",
            "logits, mean", "logits, largest", "other class, %", "loss", "image gradients, %", "text gradients, %");
        arguments.End();
        using var texts = model.PrepareTexts([.. Enumerable.Range(0, classes).Select(label =>
            new WordLengthTokenizer(model.Config).Encode($"class{label}"))]);
        foreach (var precision in precisions)
        {
            var found = new List<double[]>();
            for (var seed = 1; seed <= steps; seed++)
            {
                using var scope = torch.NewDisposeScope();
                found.Add(Compare(Step(model, texts, Precision.Float32, seed, images), Step(model, texts, precision, seed, images)));
            }
            double Mean(int column) => found.Average(row => row[column]);
            table.Row($"{AdaptClusterJson.Name(precision)}", $"{Mean(0):G3}", $"{found.Max(row => row[1]):G3}", $"{Mean(2):F1}",
                $"{Mean(3):G3}", $"{Mean(4):F2}", $"{Mean(5):F2}");
        }
    }

    private static Result Step(ClipModel exact, PreparedTexts texts, Precision precision, int seed, int images)
    {
        if (exact.Device.type == DeviceType.CUDA) TensorFloat32.Allow(precision == Precision.Tf32);
        var model = exact.In(precision);
        using var random = new torch.Generator((ulong)seed);
        torch.Tensor Normal(params long[] shape) => torch.randn(shape, generator: random).to(exact.Device);
        torch.Tensor[] Prompts(TowerShape tower) =>
            [.. Enumerable.Range(0, tower.Depth).Select(_ => Normal(ContextLength, tower.Width).Times(Deviation).requires_grad_())];
        var (imagePrompts, textPrompts) = (Prompts(exact.Shape.Vision), Prompts(exact.Shape.Text));
        var pixels = Normal(images, 3, exact.Shape.ImageSize, exact.Shape.ImageSize);
        var logits = model.Logits(model.EncodeImages(pixels, imagePrompts), model.EncodeTexts(texts, textPrompts));
        var labels = torch.tensor(Enumerable.Range(0, images).Select(image => (long)image % texts.Count).ToArray(), device: exact.Device);
        var loss = cross_entropy(logits, labels);
        loss.backward();
        torch.Tensor Gradients(torch.Tensor[] prompts) => torch.cat([.. prompts.Select(rows => rows.grad!)], 0);
        return new Result(logits.detach(), loss.item<float>(), Gradients(imagePrompts), Gradients(textPrompts));
    }

    private static double[] Compare(Result exact, Result other)
    {
        var apart = (exact.Logits - other.Logits).abs();
        double Percent(torch.Tensor expected, torch.Tensor found) => 100 * ((expected - found).norm() / expected.norm()).item<float>();
        return
        [
            apart.mean().item<float>(), apart.max().item<float>(),
            100 * exact.Logits.argmax(1).ne(other.Logits.argmax(1)).to_type(torch.ScalarType.Float32).mean().item<float>(),
            Math.Abs(exact.Loss - other.Loss), Percent(exact.Image, other.Image), Percent(exact.Text, other.Text),
        ];
    }

    /// <summary>What one step gave.</summary>
    private sealed record Result(torch.Tensor Logits, double Loss, torch.Tensor Image, torch.Tensor Text);
}
