using System.Text;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Backbones.Clip;
using CsCheck;

namespace AdaptCluster.Training.Tests.Backbones.Clip;

public sealed class ClipConfigTests
{
    [Fact]
    public void An_empty_object_is_the_ViT_B_32_that_the_library_defaults_to()
    {
        var config = Read("{}");
        Assert.Equal((768, 12, 12, 3072), (config.Vision.Width, config.Vision.Depth, config.Vision.Heads, config.Vision.MlpWidth));
        Assert.Equal((512, 12, 8, 2048), (config.Text.Width, config.Text.Depth, config.Text.Heads, config.Text.MlpWidth));
        Assert.Equal((224, 32, 50), (config.ImageSize, config.PatchSize, config.ImageTokens));
        Assert.Equal((49408, 77, 512), (config.VocabularySize, config.ContextLength, config.EmbeddingSize));
        Assert.Equal(ClipActivation.QuickGelu, config.Text.Activation);
        Assert.Equal(1e-5, config.Vision.LayerNormEpsilon);
    }

    [Fact]
    public void Keys_that_are_null_take_their_defaults() =>
        Assert.Equal(12, Read("""{"vision_config":{"num_hidden_layers":null},"text_config":null}""").Vision.Depth);

    [Fact]
    public void A_section_repeated_with_dict_wins_as_in_the_library()
    {
        var config = Read("""{"text_config":{"hidden_size":512},"text_config_dict":{"hidden_size":1024,"num_attention_heads":16}}""");
        Assert.Equal((1024, 16), (config.Text.Width, config.Text.Heads));
    }

    [Fact]
    public void A_configuration_written_is_read_back_the_same() =>
        Assert.Equal(SmallClip.Config, ClipConfigJson.Read(ClipConfigJson.Write(SmallClip.Config), "config.json"));

    [Theory]
    [InlineData("""{"model_type":"siglip"}""", "model_type is \"siglip\"; expected \"clip\"")]
    [InlineData("""{"vision_config":{"hidden_size":-1}}""", "vision_config.hidden_size is -1; expected a whole number from 1 to 16384")]
    [InlineData("""{"text_config":{"num_hidden_layers":1e9}}""", "text_config.num_hidden_layers is 1e9; expected a whole number")]
    [InlineData("""{"text_config":{"vocab_size":"many"}}""", "text_config.vocab_size is \"many\"")]
    [InlineData("""{"vision_config":{"hidden_act":"relu"}}""", "vision_config.hidden_act is \"relu\"; expected quick_gelu or gelu")]
    [InlineData("""{"vision_config":{"patch_size":15}}""", "vision_config.patch_size is 15; it must divide image_size, which is 224")]
    [InlineData("""{"vision_config":{"num_attention_heads":7}}""", "num_attention_heads is 7; it must divide hidden_size, which is 768")]
    [InlineData("""{"vision_config":{"num_channels":1}}""", "vision_config.num_channels is 1; expected 3")]
    [InlineData("""{"vision_config":{"image_size":2048,"patch_size":1}}""", "4194304 patches")]
    [InlineData("""{"vision_config":[]}""", "vision_config must be a JSON object")]
    [InlineData("""[]""", "the file must be a JSON object")]
    [InlineData("""{""", "not valid JSON")]
    [InlineData("""{"projection_dim":512,"projection_dim":256}""", "Duplicate property 'projection_dim'")]
    [InlineData("""{"text_config":{"hidden_size":512,"hidden_size":256}}""", "Duplicate property 'hidden_size'")]
    public void A_value_that_no_CLIP_has_is_refused_by_file_and_path(string json, string expected)
    {
        var error = Assert.Throws<InvalidInputException>(() => Read(json));
        Assert.StartsWith("config.json: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_damaged_file_is_read_or_refused_and_nothing_else()
    {
        var whole = ClipConfigJson.Write(SmallClip.Config);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Array[1, 3].Sample(changes =>
        {
            var bytes = (byte[])whole.Clone();
            foreach (var (position, value) in changes) bytes[position] = value;
            try
            {
                ClipConfigJson.Read(bytes, "config.json");
            }
            catch (InvalidInputException)
            {
            }
        }, iter: 2000, threads: 1);
    }

    [Fact]
    public void A_byte_order_mark_in_front_is_no_fault() =>
        Assert.Equal(64, ClipConfigJson.Read([0xEF, 0xBB, 0xBF, .. """{"projection_dim":64}"""u8], "config.json").EmbeddingSize);

    [Fact]
    public void A_missing_file_is_refused_by_name() =>
        Assert.StartsWith(
            "/nowhere/config.json cannot be read",
            Assert.Throws<InvalidInputException>(() => ClipConfig.Load("/nowhere/config.json")).Message, StringComparison.Ordinal);

    private static ClipConfig Read(string json) => ClipConfigJson.Read(Encoding.UTF8.GetBytes(json), "config.json");
}
