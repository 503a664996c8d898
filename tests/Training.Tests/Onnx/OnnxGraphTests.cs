using AdaptCluster.Contracts;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Onnx;
using AdaptCluster.Training.Tests.Data;
using AdaptCluster.Training.Tests.Jobs;
using AdaptCluster.Training.Tests.Methods;
using CsCheck;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Onnx;

/// <summary>Graphs of ONNX and their files.</summary>
public sealed class OnnxGraphTests : IDisposable
{
    private const int Classes = 3;

    private readonly ScratchFolder _scratch = new();

    public OnnxGraphTests() => torch.set_num_threads(1);

    public void Dispose() => _scratch.Dispose();

    /// <summary>Both activations, one block and several, prompts in some blocks and not in others, tokens or none.</summary>
    [Fact]
    public void A_CLIP_of_any_size_with_any_prompts_gives_its_own_logits() =>
        Gen.Select(RandomModel.Sizes, Gen.Int[0, 1_000_000], Gen.Int[1, 4]).Sample((config, seed, batch) =>
        {
            using var scope = torch.NewDisposeScope();
            using var noGradients = torch.no_grad();
            using var random = new RandomModel(config, seed, Classes, batch);
            foreach (var classifier in Classifiers(random, seed)) Hold(random, classifier, batch);
        }, iter: 40, threads: 1);

    [Fact]
    public void Weights_beyond_two_gibibytes_are_refused_before_a_file_is_there()
    {
        using var scope = torch.NewDisposeScope();
        var graph = new OnnxGraph();
        // One number in memory, read as many.
        graph.Constant("large", torch.ones(1).expand(600_000_000));

        var error = Assert.Throws<InvalidInputException>(() =>
            OnnxFile.Write(_scratch.At("model.onnx"), graph, new Dictionary<string, string>()));

        Assert.StartsWith("the weights take 2288 MiB, but an ONNX file is limited to 2047 MiB", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_scratch.Root));
    }

    [Fact]
    public void Several_weights_that_are_too_large_together_are_refused_too()
    {
        using var scope = torch.NewDisposeScope();
        var graph = new OnnxGraph();
        foreach (var name in (string[])["one", "two", "three"]) graph.Constant(name, torch.ones(1).expand(200_000_000));

        Assert.Throws<InvalidInputException>(() => OnnxFile.Write(_scratch.At("model.onnx"), graph, new Dictionary<string, string>()));
        Assert.Empty(Directory.GetFileSystemEntries(_scratch.Root));
    }

    [Fact]
    public void A_name_is_given_once()
    {
        using var scope = torch.NewDisposeScope();
        var graph = new OnnxGraph();
        graph.Constant("one", torch.ones(1));

        Assert.Throws<ArgumentException>(() => graph.Constant("one", torch.ones(1)));
        Assert.Equal(graph.Integers(1, 2), graph.Integers(1, 2));
    }

    [Fact]
    public void A_runtime_reads_numbers_texts_and_names_as_they_were_written()
    {
        using var scope = torch.NewDisposeScope();
        var graph = new OnnxGraph();
        var x = graph.Input("x", OnnxGraph.AnyNumber, 2);
        torch.Tensor Numbers(params float[] values) => torch.tensor(values);
        graph.Output(graph.Linear(x, "map", Numbers(1, 2, 3, 4, 5, 6).view(3, 2), Numbers(7, 8, 9)), "y", OnnxGraph.AnyNumber, 3);
        OnnxFile.Write(_scratch.At("model.onnx"), graph, new Dictionary<string, string> { ["größe"] = "ä \" 漢" });

        using var onnx = new OnnxModel(_scratch.At("model.onnx"));

        Assert.Equal(["x [-1, 2]", "y [-1, 3]"], onnx.Ends);
        Assert.Equal("ä \" 漢", onnx.Metadata["größe"]);
        Assert.Equal([[7, 8, 9], [8, 11, 14], [9, 12, 15]], onnx.Run([0, 0, 1, 0, 0, 1], 3, 2));
    }

    private static IEnumerable<FixedClassifier> Classifiers(RandomModel random, int seed)
    {
        var (width, depth) = (random.Config.Vision.Width, random.Config.Vision.Depth);
        FixedClassifier Texts() => new(random.Normal(1, Classes, random.Config.EmbeddingSize));
        yield return Texts();
        yield return Texts() with
        {
            ImagePrompts = [.. Enumerable.Range(0, depth).Select(block =>
                (block % 3) switch { 0 => random.Normal(1, 1 + (seed % 3), width), 1 => null, _ => torch.empty(0, width) })],
        };
        yield return Texts() with
        {
            ImageTokens = [.. Enumerable.Range(0, 1 + (seed % depth)).Select(_ => random.Normal(1, 1, 2, width))],
        };
    }

    private void Hold(RandomModel random, FixedClassifier classifier, int batch)
    {
        var (model, size) = (random.Model, random.Config.ImageSize);
        var embedded = model.EmbedImages(random.Pixels);
        var images = classifier.ImageTokens.Count > 0 ? ImageTokens.Encode(model, embedded, classifier.ImageTokens)
            : model.EncodeEmbeddedImages(embedded, classifier.ImagePrompts);
        var expected = model.Logits(images, classifier.Texts).data<float>().ToArray();
        var graph = new OnnxGraph();
        var pixels = graph.Input("pixels", OnnxGraph.AnyNumber, 3, size, size);
        graph.Output(model.AddLogits(graph, pixels, classifier), "logits", OnnxGraph.AnyNumber, Classes);
        OnnxFile.Write(_scratch.At("model.onnx"), graph, new Dictionary<string, string>());
        using var onnx = new OnnxModel(_scratch.At("model.onnx"));
        var values = random.Pixels.data<float>().ToArray();

        var together = onnx.Run(values, batch, 3, size, size);
        var alone = values.Chunk(values.Length / batch).Select(image => onnx.Run(image, 1, 3, size, size)[0]);

        // Of the largest that a logit can be.
        var tolerance = 1e-4 * model.Scale.item<float>();
        foreach (var found in (IEnumerable<float[]>[])[together, alone])
            Assert.All(expected.Zip(found.SelectMany(row => row)), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }
}
