using System.Runtime.InteropServices;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Images;
using TorchSharp;

namespace AdaptCluster.Bench.Tiny;

/// <summary>Ridge regression from frozen image features to classes: what the features tell, whatever the prompts.</summary>
internal static class LinearProbe
{
    private const double Ridge = 0.1;
    private const int BatchSize = 250;

    /// <summary>Test accuracy in percent of a probe that is fitted to the training shots.</summary>
    public static double Accuracy(ClipModel model, ClipPreprocessor preprocessor, FewShotData data)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var (train, trainLabels) = Features(model, preprocessor, data.Train);
        using var ridge = Ridge.ToScalar();
        var mean = train.mean([0], keepdim: true);
        var x = train - mean;
        var y = torch.nn.functional.one_hot(trainLabels, data.ClassNames.Count).to_type(torch.ScalarType.Float32);
        var weights = torch.linalg.solve(x.t().mm(x).add(torch.eye(x.shape[1]), alpha: ridge), x.t().mm(y - y.mean([0], keepdim: true)));
        var (test, testLabels) = Features(model, preprocessor, data.Test);
        return 100 * (test - mean).mm(weights).argmax(1).eq(testLabels).to_type(torch.ScalarType.Float32).mean().item<float>();
    }

    private static (torch.Tensor Features, torch.Tensor Labels) Features(ClipModel model, ClipPreprocessor preprocessor, IImageSplit split)
    {
        var length = 3 * preprocessor.Size * preprocessor.Size;
        var parts = new List<torch.Tensor>();
        foreach (var indices in Enumerable.Range(0, split.Labels.Count).Chunk(BatchSize))
        {
            var pixels = torch.empty(indices.Length, 3, preprocessor.Size, preprocessor.Size);
            var values = MemoryMarshal.Cast<byte, float>(pixels.bytes);
            for (var i = 0; i < indices.Length; i++) preprocessor.Prepare(split.Load(indices[i]), values.Slice(i * length, length));
            parts.Add(torch.nn.functional.normalize(model.EncodeImages(pixels.to(model.Device)), dim: -1).cpu());
        }
        return (torch.cat(parts), torch.tensor(split.Labels.Select(label => (long)label).ToArray()));
    }
}
