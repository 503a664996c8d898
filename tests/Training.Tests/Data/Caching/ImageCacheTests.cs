using AdaptCluster.Contracts;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Data.Caching;
using AdaptCluster.Training.Data.Folders;
using AdaptCluster.Training.Images;
using CsCheck;
using SkiaSharp;

namespace AdaptCluster.Training.Tests.Data.Caching;

/// <summary>Prepared images are kept within two budgets, and what is read is what decoding gives.</summary>
public sealed class ImageCacheTests : IDisposable
{
    private const int ImageBytes = 3 * 4 * 4;

    private static readonly long PlaceBytes = ImageCacheFile.PlaceBytesOf(ImageBytes);

    /// <summary>A split, an image of it, and whether the split is closed then.</summary>
    private static readonly Gen<(int, int, bool)[]> Steps = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 5], Gen.Bool).Array[1, 60];

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_image_is_decoded_once_for_all_splits_that_have_it()
    {
        using var kept = new ImageCache(new ImageCacheOptions());
        var (first, second) = (new NumberedImages([1, 2, 3]), new NumberedImages([3, 4]));
        using (var opened = kept.Open(first, first)) Assert.Equal(first.Pixels(3), Read(opened, 2));
        using var other = kept.Open(second, second);
        Assert.Equal(second.Pixels(3), Read(other, 0));
        Assert.Equal((1, 0), (first.Loads(3), second.Loads(3)));
    }

    [Fact]
    public void Preprocessors_of_another_geometry_share_nothing()
    {
        using var kept = new ImageCache(new ImageCacheOptions());
        var (small, large) = (new NumberedImages([1]), new NumberedImages([1], size: 5));
        using var first = kept.Open(small, small);
        using var second = kept.Open(large, large);
        Read(first, 0);
        Assert.Equal(large.Pixels(1), Read(second, 0, large.ByteCount()));
    }

    [Fact]
    public async Task Workers_that_ask_for_the_same_image_at_once_decode_it_once()
    {
        using var kept = new ImageCache(new ImageCacheOptions());
        var images = new NumberedImages([.. Enumerable.Range(0, 20)]);
        using var together = new Barrier(4);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(() =>
        {
            using var split = kept.Open(images, images);
            for (var i = 0; i < 20; i++)
            {
                together.SignalAndWait();
                Assert.Equal(images.Pixels(i), Read(split, i));
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.All(Enumerable.Range(0, 20), i => Assert.Equal(1, images.Loads(i)));
    }

    [Fact]
    public void Images_beyond_the_memory_are_decoded_again_and_those_of_an_open_split_stay()
    {
        using var kept = new ImageCache(new ImageCacheOptions { MemoryBytes = 3 * ImageBytes });
        var images = new NumberedImages([0, 1, 2, 3, 4]);
        using var split = kept.Open(images, images);
        for (var pass = 0; pass < 3; pass++) ReadAll(split, images, 5);
        Assert.Equal([1, 1, 1, 3, 3], Enumerable.Range(0, 5).Select(images.Loads));
        Assert.Equal(3 * ImageBytes, kept.MemoryBytes);
    }

    [Fact]
    public void Images_that_nobody_uses_make_room_the_longest_unused_first()
    {
        using var kept = new ImageCache(new ImageCacheOptions { MemoryBytes = 4 * ImageBytes });
        var (old, recent, now) = (new NumberedImages([1, 2]), new NumberedImages([3, 4]), new NumberedImages([5, 6]));
        foreach (var images in (NumberedImages[])[old, recent])
            using (var split = kept.Open(images, images)) ReadAll(split, images, 2);
        using (var split = kept.Open(now, now)) ReadAll(split, now, 2);
        using (var split = kept.Open(recent, recent)) ReadAll(split, recent, 2);
        using (var split = kept.Open(old, old)) ReadAll(split, old, 2);
        Assert.Equal((4, 2), (old.AllLoads, recent.AllLoads));
        Assert.Equal(4 * ImageBytes, kept.MemoryBytes);
    }

    [Fact]
    public void What_the_memory_does_not_hold_is_in_a_file_up_to_its_own_budget_and_the_file_goes_with_its_owner()
    {
        var images = new NumberedImages([0, 1, 2, 3, 4]);
        using (var kept = InFile(places: 3, memory: ImageBytes))
        {
            using var split = kept.Open(images, images);
            for (var pass = 0; pass < 3; pass++) ReadAll(split, images, 5);
            Assert.Equal([1, 1, 1, 1, 3], Enumerable.Range(0, 5).Select(images.Loads));
            Assert.Equal((ImageBytes, 3 * PlaceBytes), (kept.MemoryBytes, kept.FileBytes));
            var file = new FileInfo(Assert.Single(Directory.GetFiles(_folder.At("cache"))));
            Assert.Equal(3 * PlaceBytes, file.Length);
        }
        Assert.Empty(Directory.GetFiles(_folder.At("cache")));
    }

    [Fact]
    public void A_file_of_images_that_nobody_uses_makes_room_for_those_of_another_size()
    {
        using var kept = InFile(places: 3);
        var (small, large) = (new NumberedImages([0, 1, 2]), new NumberedImages([0], size: 6));
        using (var split = kept.Open(small, small)) ReadAll(split, small, 3);
        using var other = kept.Open(large, large);
        for (var pass = 0; pass < 2; pass++) Assert.Equal(large.Pixels(0), Read(other, 0, large.ByteCount()));
        Assert.Equal(1, large.AllLoads);
        Assert.Equal([large.ByteCount()], kept.Files.Keys);
        Assert.InRange(kept.FileBytes, 1, 3 * PlaceBytes);
    }

    [Fact]
    public void A_file_that_was_cut_off_is_not_believed()
    {
        using var kept = InFile(places: 3);
        var images = new NumberedImages([0, 1, 2]);
        using var split = kept.Open(images, images);
        ReadAll(split, images, 3);
        RandomAccess.SetLength(kept.Files[ImageBytes].Handle, (2 * PlaceBytes) - 1);
        ReadAll(split, images, 3);
        ReadAll(split, images, 3);
        Assert.Equal([1, 2, 2], Enumerable.Range(0, 3).Select(images.Loads));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(60)]
    public void A_place_of_which_a_byte_was_changed_is_not_believed(int at)
    {
        using var kept = InFile(places: 1);
        var images = new NumberedImages([7]);
        using var split = kept.Open(images, images);
        ReadAll(split, images, 1);
        var changed = new byte[1];
        RandomAccess.Read(kept.Files[ImageBytes].Handle, changed, at);
        changed[0] ^= 1;
        RandomAccess.Write(kept.Files[ImageBytes].Handle, changed, at);
        ReadAll(split, images, 1);
        Assert.Equal(2, images.AllLoads);
    }

    [Fact]
    public void A_whole_place_of_another_image_or_another_file_is_not_believed()
    {
        using var kept = InFile(places: 2);
        using var foreign = InFile(places: 2);
        var (images, others) = (new NumberedImages([0, 1]), new NumberedImages([8, 9]));
        using var split = kept.Open(images, images);
        using var strange = foreign.Open(others, others);
        ReadAll(split, images, 2);
        ReadAll(strange, others, 2);
        var place = new byte[PlaceBytes];
        RandomAccess.Read(foreign.Files[ImageBytes].Handle, place, 0);
        RandomAccess.Write(kept.Files[ImageBytes].Handle, place, 0);
        ReadAll(split, images, 2);
        Assert.Equal((2, 1), (images.Loads(0), images.Loads(1)));
        RandomAccess.Read(kept.Files[ImageBytes].Handle, place, 0);
        RandomAccess.Write(kept.Files[ImageBytes].Handle, place, PlaceBytes);
        ReadAll(split, images, 2);
        Assert.Equal((2, 2), (images.Loads(0), images.Loads(1)));
    }

    [Fact]
    public void What_a_killed_process_left_is_deleted_and_what_a_living_one_has_is_not()
    {
        _folder.Write("cache/images-0.kept", "torn");
        using var living = new ImageCacheFile(_folder.At("cache"), ImageBytes);
        Assert.Single(Directory.GetFiles(_folder.At("cache")));
        using var second = new ImageCacheFile(_folder.At("cache"), ImageBytes);
        Assert.Equal(2, Directory.GetFiles(_folder.At("cache")).Length);
        Assert.True(living.TryWrite(0, 1, new byte[ImageBytes]));
        Assert.True(living.TryRead(0, 1, new byte[ImageBytes]));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_costs_nothing_but_time()
    {
        _folder.Write("cache", "no folder");
        using var kept = InFile(places: 3);
        var images = new NumberedImages([0, 1]);
        using var split = kept.Open(images, images);
        for (var pass = 0; pass < 2; pass++) ReadAll(split, images, 2);
        Assert.Equal((4, 0), (images.AllLoads, kept.FileBytes));
    }

    [Fact]
    public void An_image_that_cannot_be_read_is_asked_for_again_each_time()
    {
        using var kept = new ImageCache(new ImageCacheOptions());
        var images = new NumberedImages([0, 1]) { OnLoad = index => throw new InvalidInputException($"{index} is damaged.") };
        using var split = kept.Open(images, images);
        for (var pass = 0; pass < 2; pass++)
            Assert.Equal("1 is damaged.", Assert.Throws<InvalidInputException>(() => Read(split, 1)).Message);
        images.OnLoad = null;
        Assert.Equal(images.Pixels(1), Read(split, 1));
    }

    [Fact]
    public void A_file_that_changed_fails_as_it_does_without_a_cache_and_a_data_set_opened_again_has_the_new_picture()
    {
        var preprocessor = new ClipPreprocessor(4);
        foreach (var split in (string[])["train", "val", "test"])
            foreach (var name in (string[])["cat", "dog"]) Paint($"photos/{split}/{name}/1.png", seed: 9);
        using var kept = new ImageCache(new ImageCacheOptions());
        var before = Test();
        using var first = kept.Open(before, preprocessor);
        var old = Read(first, 0);
        Paint("photos/test/cat/1.png", seed: 12);

        var error = Assert.Throws<InvalidInputException>(() => Read(first, 0));
        Assert.Contains("has changed since the data set was opened", error.Message, StringComparison.Ordinal);
        var after = Test();
        using var second = kept.Open(after, preprocessor);
        var expected = new byte[ImageBytes];
        preprocessor.Resize(after.Load(0), expected);
        Assert.Equal(expected, Read(second, 0));
        Assert.NotEqual(old, expected);

        File.Delete(_folder.At("photos", "test", "cat", "1.png"));
        Assert.Contains("does not exist", Assert.Throws<InvalidInputException>(() => Read(second, 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_that_is_replaced_while_it_is_decoded_is_not_kept()
    {
        using var kept = new ImageCache(new ImageCacheOptions());
        var numbers = (int[])[1];
        var images = new NumberedImages(numbers);
        images.OnLoad = _ => numbers[0] = 2;
        using var split = kept.Open(images, images);
        Read(split, 0);
        Assert.Equal(0, kept.MemoryBytes);
        images.OnLoad = null;
        Assert.Equal(images.Pixels(2), Read(split, 0));
    }

    [Fact]
    public void Whatever_is_opened_read_and_closed_the_pixels_are_right_and_the_budgets_hold() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 4], Steps).Sample((memory, places, steps) =>
        {
            using var kept = InFile(places, memory * ImageBytes);
            NumberedImages[] all =
            [
                new([0, 1, 2, 3, 4, 5]), new([4, 5, 6, 7, 8, 9]), new([0, 1, 2, 3, 4, 5], size: 5), new([9, 9, 9, 0, 1, 2]),
            ];
            var open = new CachedSplit?[all.Length];
            foreach (var (which, index, close) in steps)
            {
                var images = all[which];
                var split = open[which] ??= kept.Open(images, images);
                var expected = images.Pixels((int)images.Identity(index));
                Assert.Equal(expected, Read(split, index, images.ByteCount()));
                Assert.InRange(kept.MemoryBytes, 0, memory * ImageBytes);
                Assert.InRange(kept.FileBytes, 0, places * PlaceBytes);
                if (!close) continue;
                split.Dispose();
                open[which] = null;
            }
            foreach (var split in open) split?.Dispose();
        }, iter: 200, threads: 1);

    private ImageCache InFile(int places, long memory = 0) => new(new ImageCacheOptions
    {
        MemoryBytes = memory,
        Folder = _folder.At("cache"),
        FileBytes = places * PlaceBytes,
    });

    private IImageSplit Test() => FolderDataset.Open([_folder.Root], "photos").Load(shots: 1, seed: 1, template: null).Test;

    private void Paint(string path, int seed)
    {
        _folder.Write(path, TestImages.Encode(TestImages.Pattern(seed, 9), SKEncodedImageFormat.Png));
        // The clock of a file system may be coarser than this test is fast.
        File.SetLastWriteTimeUtc(_folder.At(path.Split('/')), new DateTime(2026, 1, seed, 0, 0, 0, DateTimeKind.Utc));
    }

    private static byte[] Read(CachedSplit split, int index, int length = ImageBytes)
    {
        var pixels = new byte[length];
        split.Read(index, pixels);
        return pixels;
    }

    private static void ReadAll(CachedSplit split, NumberedImages images, int count)
    {
        for (var i = 0; i < count; i++) Assert.Equal(images.Pixels((int)images.Identity(i)), Read(split, i));
    }
}
