using AdaptCluster.Contracts;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Safetensors;
using AdaptCluster.Training.Tests.Data;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Backbones.Clip;

public sealed class ClipWeightsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    [Fact]
    public void A_file_with_missing_unknown_and_misshapen_tensors_is_refused_with_the_three_lists()
    {
        using var scope = torch.NewDisposeScope();
        var tensors = Saved();
        tensors.Remove("logit_scale");
        tensors["text_projection.weight"] = torch.zeros(24, 17);
        tensors["vision_model.more"] = torch.zeros(1);
        SafetensorsWriter.ToFile(_folder.At(ClipModel.WeightsFileName), tensors);
        var error = Assert.Throws<InvalidInputException>(() => ClipModel.Load(_folder.Root, torch.CPU));
        Assert.StartsWith(_folder.At(ClipModel.WeightsFileName), error.Message, StringComparison.Ordinal);
        Assert.Contains("missing 1 (logit_scale)", error.Message, StringComparison.Ordinal);
        Assert.Contains("unknown 1 (vision_model.more)", error.Message, StringComparison.Ordinal);
        Assert.Contains("text_projection.weight is F32 [24, 17], not [24, 16]", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e300)]
    public void A_weight_that_is_no_finite_float_is_refused_by_the_name_of_its_tensor(double value)
    {
        using var scope = torch.NewDisposeScope();
        var tensors = Saved();
        tensors["visual_projection.weight"] = torch.tensor(Enumerable.Repeat(value, 24 * 32).ToArray(), [24, 32]);
        SafetensorsWriter.ToFile(_folder.At(ClipModel.WeightsFileName), tensors);
        var error = Assert.Throws<InvalidInputException>(() => ClipModel.Load(_folder.Root, torch.CPU));
        Assert.Contains("tensor 'visual_projection.weight' has 768 weights that are NaN or infinite", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_and_a_pipe_in_place_of_the_weights_are_called_what_they_are()
    {
        using (var model = ClipModel.CreateRandom(SmallClip.Config, seed: 5)) model.Save(_folder.Root);
        var weights = _folder.At(ClipModel.WeightsFileName);
        File.Delete(weights);
        Directory.CreateDirectory(weights);
        Assert.StartsWith($"{weights} is a folder, not a file; ",
            Assert.Throws<InvalidInputException>(() => ClipModel.Load(_folder.Root, torch.CPU)).Message, StringComparison.Ordinal);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such pipes.");
        Directory.Delete(weights);
        _folder.Pipe(ClipModel.WeightsFileName);
        Assert.StartsWith($"{weights} is a pipe, not a file; ",
            Assert.Throws<InvalidInputException>(() => ClipModel.Load(_folder.Root, torch.CPU)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Position_indices_of_old_files_and_a_logit_scale_of_one_entry_are_fine()
    {
        using var scope = torch.NewDisposeScope();
        var tensors = Saved();
        tensors["text_model.embeddings.position_ids"] = torch.zeros(1, 12, dtype: torch.int64);
        tensors["vision_model.embeddings.position_ids"] = torch.zeros(1, 5, dtype: torch.int64);
        tensors["logit_scale"] = tensors["logit_scale"].reshape(1);
        SafetensorsWriter.ToFile(_folder.At(ClipModel.WeightsFileName), tensors);
        using var model = ClipModel.Load(_folder.Root, torch.CPU);
        Assert.False(model.IsTrainable);
    }

    [Theory]
    [InlineData(torch.ScalarType.Float32, 1e-5)]
    [InlineData(torch.ScalarType.Float16, 2e-3)]
    [InlineData(torch.ScalarType.BFloat16, 2e-2)]
    public void A_trainable_model_saved_and_loaded_computes_the_same(torch.ScalarType dtype, double tolerance)
    {
        using var scope = torch.NewDisposeScope();
        using var trainable = ClipModel.CreateRandom(SmallClip.Config, seed: 5);
        trainable.Save(_folder.Root, dtype);
        using var frozen = ClipModel.Load(_folder.Root, torch.CPU);
        var (pixels, ids) = (Pixels(), Ids());
        var expected = trainable.Logits(trainable.EncodeImages(pixels), trainable.EncodeTexts(ids)).detach();
        var actual = frozen.Logits(frozen.EncodeImages(pixels), frozen.EncodeTexts(ids));
        var error = (expected - actual).abs().max().item<float>() / expected.abs().max().item<float>();
        Assert.True(error < tolerance, $"relative error {error}");
    }

    [Fact]
    public void Every_weight_of_a_trainable_model_gets_a_gradient()
    {
        using var scope = torch.NewDisposeScope();
        using var model = ClipModel.CreateRandom(SmallClip.Config, seed: 5);
        model.Logits(model.EncodeImages(Pixels()), model.EncodeTexts(Ids())).square().sum().backward();
        Assert.All(model.Parameters, p => Assert.True(p.Value.grad is { } g && g.isfinite().all().item<bool>(), p.Key));
    }

    [Fact]
    public void Initial_weights_depend_on_the_seed_alone()
    {
        using var scope = torch.NewDisposeScope();
        using var a = ClipModel.CreateRandom(SmallClip.Config, seed: 5);
        using var b = ClipModel.CreateRandom(SmallClip.Config, seed: 5);
        using var c = ClipModel.CreateRandom(SmallClip.Config, seed: 6);
        Assert.All(a.Parameters, p => Assert.True(Bytes(a, p.Key).SequenceEqual(Bytes(b, p.Key))));
        Assert.False(Bytes(a, "text_projection.weight").SequenceEqual(Bytes(c, "text_projection.weight")));
    }

    public void Dispose() => _folder.Dispose();

    private static Span<byte> Bytes(ClipModel model, string name) => model.Parameters[name].detach().bytes;

    private static torch.Tensor Pixels() => torch.randn(3, 3, 8, 8, generator: new torch.Generator(1));

    private static torch.Tensor Ids() => torch.tensor(new long[] { 38, 4, 39, 0, 38, 4, 5, 39 }, [2, 4]);

    private Dictionary<string, torch.Tensor> Saved()
    {
        using (var model = ClipModel.CreateRandom(SmallClip.Config, seed: 5)) model.Save(_folder.Root);
        using var file = SafetensorsFile.Open(_folder.At(ClipModel.WeightsFileName));
        return file.Entries.Keys.ToDictionary(n => n, n => file.ToTensor(n));
    }
}
