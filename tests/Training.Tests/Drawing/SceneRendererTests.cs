using AdaptCluster.Sweeps.Random;
using AdaptCluster.Training.Drawing;
using AdaptCluster.Training.Images;

namespace AdaptCluster.Training.Tests.Drawing;

public sealed class SceneRendererTests
{
    private static readonly DrawnObject Square = new()
    {
        Shape = "square",
        X = 16,
        Y = 16,
        Radius = 10,
        Colour = new(1, 0.6, 0.2),
    };

    private static readonly Scene Plain = new() { Ground = new(0, 0, 0), Objects = [Square], Noise = 0 };

    [Fact]
    public void Inside_is_the_objects_colour_outside_the_ground_and_the_edge_between()
    {
        var image = Render(Plain);

        Assert.Equal([255, 153, 51], Pixel(image, 16, 16));
        Assert.Equal([0, 0, 0], Pixel(image, 2, 2));
        // The square reaches to 16 - 8 = 8: pixel 7 is outside, pixel 8 inside.
        Assert.Equal([0, 0, 0], Pixel(image, 7, 16));
        Assert.Equal([255, 153, 51], Pixel(image, 8, 16));
        // Moved by 0.4, its edge crosses pixel 8 and covers three fifths of it.
        Assert.Equal([153, 92, 31], Pixel(Render(Plain with { Objects = [Square with { X = 16.4 }] }), 8, 16));
    }

    [Fact]
    public void An_outline_leaves_the_middle_open()
    {
        var image = Render(Plain with { Objects = [Square with { Fill = Fill.Outlined, LineWidth = 2 }] });

        Assert.Equal([0, 0, 0], Pixel(image, 16, 16));
        Assert.Equal([255, 153, 51], Pixel(image, 8, 16));
    }

    [Fact]
    public void Channel_mix_gives_each_channel_a_share_of_the_next_one()
    {
        var image = Render(Plain with { ChannelMix = 0.5 });

        // (1 + 0.6) / 2, (0.6 + 0.2) / 2, (0.2 + 1) / 2 of 255.
        Assert.Equal([204, 102, 153], Pixel(image, 16, 16));
    }

    [Fact]
    public void Contrast_draws_every_brightness_towards_the_centre()
    {
        var image = Render(Plain with { Contrast = 0.4, ContrastCentre = 0.6 });

        Assert.Equal([194, 153, 112], Pixel(image, 16, 16));
        Assert.Equal([92, 92, 92], Pixel(image, 2, 2));
    }

    [Fact]
    public void Blur_keeps_the_light_and_spreads_it()
    {
        var (sharp, blurred) = (Render(Plain), Render(Plain with { Blur = 2 }));

        Assert.InRange(blurred.Pixels.Average(v => v), sharp.Pixels.Average(v => v) - 0.5, sharp.Pixels.Average(v => v) + 0.5);
        Assert.InRange(Pixel(blurred, 7, 16)[0], 1, 127);
    }

    [Fact]
    public void Noise_has_the_standard_deviation_that_is_asked_for()
    {
        var image = Render(new Scene { Ground = new(0.5, 0.5, 0.5), Objects = [], Noise = 0.1 });

        var mean = image.Pixels.Average(v => v);
        var deviation = Math.Sqrt(image.Pixels.Average(v => (v - mean) * (v - mean))) / 255;

        Assert.InRange(deviation, 0.095, 0.105);
    }

    [Fact]
    public void Objects_may_reach_over_the_edge()
    {
        var image = Render(Plain with { Objects = [Square with { X = -3, Y = 40, Radius = 30 }] });

        Assert.Equal([255, 153, 51], Pixel(image, 0, 31));
    }

    private static RgbImage Render(Scene scene)
    {
        var random = new CounterRandom(RandomPurpose.Drawing, 1);
        return SceneRenderer.Render(scene, ref random);
    }

    private static byte[] Pixel(RgbImage image, int x, int y) => image.Pixels[((y * image.Width + x) * 3)..][..3];
}
