using AdaptCluster.Training.Data;
using AdaptCluster.Training.Data.Folders;

namespace AdaptCluster.Training.Tests.Data;

public sealed class FileFingerprintTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public FileFingerprintTests()
    {
        // Nothing is decoded here, so that a file may have any content. Two pairs of one length, of which one pair is equal, and others.
        Write("train/cat/1.png", 'a', 100);
        Write("train/cat/2.png", 'b', 201);
        Write("train/dog/1.png", 'c', 50);
        Write("train/dog/2.png", 'd', 203);
        Write("validation/cat/1.png", 'e', 204);
        Write("validation/dog/1.png", 'f', 205);
        Write("test/cat/1.png", 'g', 206);
        Write("test/cat/2.png", 'a', 100);
        Write("test/dog/1.png", 'h', 50);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Copies_in_a_set_too_large_to_be_hashed_are_found()
    {
        const string copies = "1 image has copies in several splits, so some training images are also test images: "
            + "train/cat/1.png (train) and test/cat/2.png (test)";
        Assert.Equal([copies], Notes(maxHashedBytes: 300));
        Assert.Equal(Notes(long.MaxValue), Notes(maxHashedBytes: 300));
    }

    [Fact]
    public void Images_that_are_too_many_to_be_compared_are_counted()
    {
        // The first image of each class and split is read for the fingerprint anyway; test/cat/2.png is not among them.
        Assert.Equal(["only 2 of 4 images with the same file size as an image in another split or class were searched for "
            + "copies, because reading all of them would take minutes"], Notes(maxHashedBytes: 1));
    }

    [Fact]
    public void Copies_in_validation_and_test_alone_are_not_called_trained_on()
    {
        Write("validation/cat/2.png", 'a', 77);
        Write("test/cat/3.png", 'a', 77);
        Write("train/dog/3.png", 'z', 88);
        Write("validation/dog/3.png", 'z', 88);
        _folder.Write("set/train/cat/1.png", "unlike test/cat/2.png"u8.ToArray());
        Assert.Equal(["2 images have copies in several splits: train/dog/3.png (train) and validation/dog/3.png (validation); "
            + "validation/cat/2.png (validation) and test/cat/3.png (test)"], Notes(long.MaxValue));
    }

    [Theory]
    [InlineData(long.MaxValue, "645fd1cf3299dddb9c80fc098defdac7dd34c5337a2ad067b0814fdbe43a30fe")]
    [InlineData(300, "30d3b99502a6aaeaeb56cb6f8afcfbf49d3c48873786fd39486e119ed939ba08")]
    public void Fingerprints_are_what_they_were_when_copies_in_large_sets_were_not_looked_for(long maxHashedBytes, string fingerprint) =>
        Assert.Equal(fingerprint, FileFingerprint.Of(FolderDataset.Open([_folder.Root], "set").Lists, maxHashedBytes).Fingerprint);

    private string[] Notes(long maxHashedBytes) =>
        FileFingerprint.Of(FolderDataset.Open([_folder.Root], "set").Lists, maxHashedBytes).Notes.Value;

    private void Write(string path, char content, int length) =>
        _folder.Write($"set/{path}", Enumerable.Repeat((byte)content, length).ToArray());
}
