using System.Globalization;

namespace AdaptCluster.Training.Tests.Jobs;

/// <summary>
/// Two programs' logits of the same images. Sums of float32 in another order differ in their last digits, so an image whose two best
/// logits are nearer to each other than that has no class that every program must find.
/// </summary>
internal sealed class Agreement
{
    /// <summary>
    /// How far two orders of adding up may lead apart: logits are 100 times a cosine at most, so this is a relative error of 1e-6.
    /// </summary>
    internal const double Rounding = 1e-4;

    /// <summary>The share of images without such a class that would be no accident any more.</summary>
    private const double FewTies = 0.002;

    private readonly List<string> _different = [], _ties = [];
    private (double Between, string Image) _nearest = (double.PositiveInfinity, "");
    private double _farthest;
    private int _images;

    /// <summary>Takes an image.</summary>
    /// <param name="image">What it is called.</param>
    /// <param name="ours">This program's logits.</param>
    /// <param name="others">The other program's.</param>
    internal void Add(string image, float[] ours, float[] others)
    {
        Assert.Equal(ours.Length, others.Length);
        _images++;
        _farthest = Math.Max(_farthest, ours.Zip(others, (one, other) => Math.Abs((double)one - other)).Max());
        var (our, other) = (Array.IndexOf(ours, ours.Max()), Array.IndexOf(others, others.Max()));
        var second = ours.Where((_, label) => label != our).Max();
        var between = ours[our] - (double)second;
        if (between < _nearest.Between) _nearest = (between, image);
        if (our == other) return;
        var line = string.Create(CultureInfo.InvariantCulture, $"{image}: class {our}, by the other program {other}; "
            + $"two best logits {ours[our]:R} and {second:R}, the other's {others[other]:R} and {others[our]:R}");
        (between < Rounding ? _ties : _different).Add(line);
    }

    /// <summary>Every image has one class, but for a few whose two best logits are equal up to rounding; those are printed.</summary>
    internal void Check()
    {
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{_images} images, {_ties.Count} of them without one best class; logits differ by {_farthest:E1} at most, "
            + $"the two best of an image by {_nearest.Between:E1} at least ({_nearest.Image})"));
        foreach (var tie in _ties) TestContext.Current.TestOutputHelper?.WriteLine(tie);
        Assert.NotEqual(0, _images);
        Assert.Empty(_different);
        Assert.True(_ties.Count < FewTies * _images, string.Join('\n', _ties));
        Assert.InRange(_farthest, 0, Rounding);
    }
}
