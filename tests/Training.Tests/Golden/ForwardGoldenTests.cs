using AdaptCluster.Training.Backbones;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Golden;

public sealed class ForwardGoldenTests
{
    private const double Tolerance = 1e-4;

    public static TheoryData<string> Folders =>
        [.. GoldenFolders.Holding(GoldenModel.Marker).Where(f => File.Exists(Path.Combine(f, "forward.safetensors")))];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Features_and_logits_without_prompts_are_those_of_the_reference(string folder)
    {
        using var golden = new GoldenModel(folder);
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var expected = GoldenModel.Read(Path.Combine(folder, "forward.safetensors"));
        var images = golden.Model.EncodeImages(expected["pixel_values"]);
        var texts = golden.Model.EncodeTexts(expected["input_ids"]);
        GoldenModel.Agree(expected["image_features"], images, Tolerance, "image features", floor: 1);
        GoldenModel.Agree(expected["text_features"], texts, Tolerance, "text features", floor: 1);
        GoldenModel.AgreeAbsolutely(expected["logits_per_image"], golden.Model.Logits(images, texts), Tolerance, "logits");
    }
}
