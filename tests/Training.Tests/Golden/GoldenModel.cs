using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Methods.Adapt;
using AdaptCluster.Training.Methods.Adapt.Scorers;
using AdaptCluster.Training.Safetensors;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Golden;

/// <summary>One golden model case: its frozen model, and the reading of its files.</summary>
internal sealed class GoldenModel : IDisposable
{
    internal const string Marker = "hf/config.json";

    internal GoldenModel(string folder)
    {
        torch.set_num_threads(1);
        Model = ClipModel.Load(Path.Combine(folder, "hf"), TestDevice.Here);
    }

    internal ClipModel Model { get; }

    public void Dispose() => Model.Dispose();

    /// <summary>All tensors of a file by name, on the tests' device and in the current dispose scope.</summary>
    internal static Dictionary<string, torch.Tensor> Read(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return file.Entries.Keys.ToDictionary(n => n, n => file.ToTensor(n).to(TestDevice.Here));
    }

    /// <summary>A branch with the prompts and the mask of a file; without a mask, all rows live.</summary>
    internal static PromptBranch Branch(string name, torch.Tensor prompts, torch.Tensor? mask)
    {
        var (depth, length) = ((int)prompts.shape[0], (int)prompts.shape[1]);
        if (mask is null) return PromptBranch.From(name, prompts, new ContextMask(depth, length));
        return PromptBranch.From(name, prompts, new ContextMask(depth, length, Bytes(mask.to_type(torch.uint8))));
    }

    /// <summary>Rows of the texts as lists of ids.</summary>
    internal static List<int[]> Texts(torch.Tensor ids) =>
        [.. ids.cpu().data<long>().ToArray().Select(id => (int)id).Chunk((int)ids.shape[1])];

    /// <summary>A tensor's bytes, wherever it is.</summary>
    internal static byte[] Bytes(torch.Tensor tensor) => tensor.cpu().contiguous().bytes.ToArray();

    /// <summary>What a name of the files stands for, such as "gradient-norm_total".</summary>
    internal static Saliency Saliency(string name, int seed = 0)
    {
        const string total = "_total";
        var reduction = name.EndsWith(total, StringComparison.Ordinal) ? ScoreReduction.Total : ScoreReduction.PerDimension;
        var scorer = KnownScorers.All.FirstOrDefault(scorer => scorer.Name == name.Replace(total, "", StringComparison.Ordinal))
            ?? throw new ArgumentException($"Golden files hold a scorer '{name}' that the product does not have.", nameof(name));
        return new(scorer, reduction, seed);
    }

    /// <summary>
    /// Fails unless two tensors agree to a tolerance times the larger of <paramref name="floor"/> and the largest expected magnitude.
    /// </summary>
    internal static void Agree(torch.Tensor expected, torch.Tensor actual, double tolerance, string what, double floor = 0)
    {
        using var scope = torch.NewDisposeScope();
        Assert.Equal(expected.shape, actual.shape);
        if (expected.NumberOfElements == 0) return;
        var error = (InDouble(expected) - InDouble(actual)).abs().max().item<double>();
        var scale = Math.Max(floor, InDouble(expected).abs().max().item<double>());
        Assert.True(error <= tolerance * scale, $"{what}: error {error:e2}, allowed {tolerance * scale:e2}");
    }

    /// <summary>Fails unless two tensors agree to an absolute tolerance.</summary>
    internal static void AgreeAbsolutely(torch.Tensor expected, torch.Tensor actual, double tolerance, string what)
    {
        using var scope = torch.NewDisposeScope();
        Assert.Equal(expected.shape, actual.shape);
        var error = (InDouble(expected) - InDouble(actual)).abs().max().item<double>();
        Assert.True(error <= tolerance, $"{what}: error {error:e2}, allowed {tolerance:e2}");
    }

    private static torch.Tensor InDouble(torch.Tensor tensor) => tensor.cpu().to_type(torch.float64);
}
