using System.Text;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Backbones.Clip;

namespace AdaptCluster.Training.Tests.Backbones.Clip;

public sealed class ClipCostTests
{
    private static readonly IBackboneCost _vitB16 =
        new ClipCost(ClipConfigJson.Read(Encoding.UTF8.GetBytes("""{"vision_config":{"patch_size":16}}"""), "config.json"));

    [Fact]
    public void ViT_B_16_takes_the_multiply_adds_that_a_count_by_hand_gives()
    {
        // Image: 196 patches of 768 numbers; 12 blocks of 197 tokens; text: 12 blocks of 77 tokens; both projections.
        const long imageBlock = (197L * ((4 * 768 * 768) + (2 * 768 * 3072))) + (2L * 197 * 197 * 768);
        const long image = (196L * 768 * 768) + (12 * imageBlock) + (768 * 512);
        const long text = (12 * ((77L * ((4 * 512 * 512) + (2 * 512 * 2048))) + (2L * 77 * 77 * 512))) + (512 * 512);
        Assert.Equal(17.56, image / 1e9, 0.005);
        Assert.Equal(2.98, text / 1e9, 0.005);
        Assert.Equal(image + text, _vitB16.MultiplyAdds([], []));
    }

    [Fact]
    public void Counters_by_module_hooks_find_what_papers_print_for_ViT_B_16_and_hardly_see_a_context_token()
    {
        Assert.Equal(13.227, _vitB16.HookMultiplyAdds(0, 0) / 1e9, 0.0005);
        Assert.Equal(4 * ((3 * 768) + (5 * 512)), _vitB16.HookMultiplyAdds(3, 5) - _vitB16.HookMultiplyAdds(0, 0));
    }

    [Fact]
    public void Tokens_beside_the_patches_pass_every_block_as_these_do()
    {
        const long token = 12 * ((4L * 768 * 768) + (2 * 768 * 3072));
        var pairs = 12L * 2 * ((199 * 199) - (197 * 197)) * 768;
        Assert.Equal((2 * token) + pairs, _vitB16.OfImage([], 2) - _vitB16.OfImage([]));
        // MaPLe: two image tokens, and nine projections of two tokens.
        Assert.Equal(13.348, (_vitB16.HookImage(0, 2) + _vitB16.HookText(0) + (9L * 2 * 512 * 768)) / 1e9, 0.0005);
    }

    [Fact]
    public void A_context_token_adds_its_key_and_value_and_the_asking_of_every_token()
    {
        var plain = _vitB16.MultiplyAdds([], []);
        Assert.Equal((2 * 768 * 768) + (2 * 197 * 768), _vitB16.MultiplyAdds([0, 1], []) - plain);
        Assert.Equal(3 * ((2 * 512 * 512) + (2 * 77 * 512)), _vitB16.MultiplyAdds([], [2, 0, 1]) - plain);
    }
}
