using AdaptCluster.Contracts;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Data.Caching;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Tests.Backbones.Clip;

namespace AdaptCluster.Training.Tests.Jobs;

public sealed class ImageBatchesTests(SmallClip clip) : IClassFixture<SmallClip>
{
    // 5 tokens of 32 floats each: so many images are more than what is kept.
    private const int TooManyToKeep = (256 << 20) / (5 * 32 * sizeof(float)) + 1;

    [Fact]
    public void Images_that_are_not_kept_are_looked_at_once_and_not_decoded()
    {
        var split = new CheckedSplit(TooManyToKeep, damaged: -1);
        using var kept = new ImageCache(new ImageCacheOptions());
        using var batches = new ImageBatches(clip.Model, new ClipPreprocessor(8), split, kept);
        batches.Check(new SingleJob(_ => { }, CancellationToken.None));
        batches.Check(new SingleJob(_ => { }, CancellationToken.None));
        Assert.Equal(TooManyToKeep, split.Looks);
    }

    [Fact]
    public void A_bad_header_among_images_that_are_not_kept_is_found()
    {
        using var kept = new ImageCache(new ImageCacheOptions());
        using var batches = new ImageBatches(clip.Model, new ClipPreprocessor(8), new CheckedSplit(TooManyToKeep, damaged: 7), kept);
        Assert.Equal("7 is bad", Assert.Throws<InvalidInputException>(
            () => batches.Check(new SingleJob(_ => { }, CancellationToken.None))).Message);
    }

    private sealed class CheckedSplit(int count, int damaged) : IImageSplit
    {
        private int _looks;

        public int Looks => _looks;

        public IReadOnlyList<int> Labels { get; } = new int[count];

        public RgbImage Load(int index) => throw new InvalidOperationException("Decoded.");

        public void Check(int index)
        {
            Interlocked.Increment(ref _looks);
            if (index == damaged) throw new InvalidInputException($"{index} is bad");
        }
    }
}
