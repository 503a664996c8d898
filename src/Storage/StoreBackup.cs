using AdaptCluster.Contracts;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AdaptCluster.Storage;

/// <summary>
/// Copies the store of a home while a silo may be writing to it. Copying the file is not enough, because the latest writes are in the
/// separate write-ahead log. See https://sqlite.org/backup.html
/// </summary>
public static class StoreBackup
{
    /// <summary>The number of pages between two checks for cancellation: 4 MiB.</summary>
    private const int PagesAtOnce = 1024;

    /// <summary>Writes a consistent copy of a store. The copy is checked before it is renamed to its final name.</summary>
    /// <param name="storeFile">The SQLite file.</param>
    /// <param name="file">The file to write. Only its owner can read it, because a store contains the keys that protect the page's
    /// cookies.</param>
    /// <param name="replace">Whether an existing file with that name is replaced.</param>
    /// <param name="cancellation">The token that cancels the copy. No partial file is left behind.</param>
    /// <returns>The numbers of sweeps and jobs in the copy, and its size in bytes.</returns>
    /// <exception cref="InvalidInputException">The file exists, is in use, or cannot be written.</exception>
    /// <exception cref="AdaptClusterException">
    /// The store cannot be read or is damaged, or there is not enough space for the copy.
    /// </exception>
    public static async Task<(int Sweeps, int Jobs, long Bytes)> WriteAsync(
        string storeFile, string file, bool replace, CancellationToken cancellation)
    {
        var folder = Check(file, replace);
        var part = Path.Combine(folder, $".{Path.GetFileName(file)}.{Guid.NewGuid():N}.part");
        try
        {
            CreatePrivate(part);
            RefuseOwnStore(storeFile, file, part);
            // SQLite's driver blocks its thread.
            var (sweeps, jobs) = await Task.Run(() => Copy(storeFile, part, cancellation), cancellation);
            long bytes;
            await using (var written = new FileStream(part, FileMode.Open, FileAccess.ReadWrite))
            {
                written.Flush(flushToDisk: true);
                bytes = written.Length;
            }
            File.Move(part, file, replace);
            return (sweeps, jobs, bytes);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new InvalidInputException(
                $"{file}: you have no permission to write it; choose another name, or change the folder's permissions.", e);
        }
        catch (SqliteException e)
        {
            throw new AdaptClusterException(Why(storeFile, file, e), e);
        }
        catch (IOException e)
        {
            throw new AdaptClusterException(
                $"{file}: the copy cannot be written ({e.Message.TrimEnd('.')}); no partial file was left behind.", e);
        }
        finally
        {
            foreach (var ending in (string[])["", "-wal", "-shm", "-journal"]) File.Delete(part + ending);
        }
    }

    /// <summary>Checks that the file can be written, before anything is copied.</summary>
    /// <returns>The folder that will contain the file.</returns>
    private static string Check(string file, bool replace)
    {
        if (file.Length == 0) throw new InvalidInputException("FILE: found an empty value; write the name of the file to write.");
        if (Directory.Exists(file)) throw new InvalidInputException($"{file}: is a folder; write the name of a file in it.");
        if (Path.Exists(file) && FileKind.Problem(file) is { } problem)
            throw new InvalidInputException($"{file}: {problem}; write the name of a file.");
        if (!replace && Path.Exists(file))
            throw new InvalidInputException($"{file}: the file already exists; write --force to replace it, or choose another name.");
        // SQLite would treat a log with this name as the log of the copy.
        foreach (var ending in (string[])["-wal", "-journal"])
            if (File.Exists(file + ending))
                throw new InvalidInputException(
                    $"{file}{ending}: the file exists, which means that {file} is or was a store in use; choose another name.");
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        return Directory.Exists(folder) ? folder
            : throw new InvalidInputException($"{file}: there is no folder {folder}; create it, or choose another name.");
    }

    /// <summary>
    /// Creates an empty file that only its owner can read. The file must not exist, because an existing file would keep its owner.
    /// </summary>
    private static void CreatePrivate(string part)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var created = new FileStream(part, options);
    }

    /// <summary>Refuses to overwrite the store itself, even through a different path.</summary>
    private static void RefuseOwnStore(string storeFile, string file, string part)
    {
        var beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(storeFile))!, Path.GetFileName(part));
        if (File.Exists(beside) && Path.GetFileName(file).StartsWith(Path.GetFileName(storeFile), StringComparison.OrdinalIgnoreCase))
            throw new InvalidInputException(
                $"{file}: this is the home folder's own store, or has the name of one of its files; choose another name.");
    }

    private static (int Sweeps, int Jobs) Copy(string storeFile, string part, CancellationToken cancellation)
    {
        using (var source = Open(storeFile, SqliteOpenMode.ReadOnly))
        using (var copy = Open(part, SqliteOpenMode.ReadWrite))
        {
            // The copy is not read before it is complete, so it does not need a journal.
            Run(copy, "PRAGMA journal_mode=OFF");
            // The copy is made in a single read transaction, which does not block writers in WAL mode. Later writes are not included and do
            // not restart the copy.
            Run(source, "BEGIN");
            Run(source, "SELECT count(*) FROM sqlite_master");
            CopyPages(source, copy, cancellation);
        }
        using var checkedCopy = Open(part, SqliteOpenMode.ReadWrite);
        // Turns off the write-ahead log, which the copy inherited from the store, so that the copy is a single file. A silo turns the log
        // on again.
        Run(checkedCopy, "PRAGMA journal_mode=DELETE");
        cancellation.ThrowIfCancellationRequested();
        if (Run(checkedCopy, "PRAGMA integrity_check(1)") is not "ok" and var damage)
            throw new AdaptClusterException(
                $"the store {storeFile} is damaged ({damage}), so its copy was discarded; restore the store from an older backup, or "
                + "move it away to start with an empty store.");
        return (Count("sweeps"), Count("jobs"));

        int Count(string table) => Convert.ToInt32(Run(checkedCopy, $"SELECT count(*) FROM {table}"), null);
    }

    private static void CopyPages(SqliteConnection source, SqliteConnection copy, CancellationToken cancellation)
    {
        using var backup = raw.sqlite3_backup_init(copy.Handle, "main", source.Handle, "main");
        if (backup.IsInvalid) SqliteException.ThrowExceptionForRC(raw.sqlite3_errcode(copy.Handle), copy.Handle);
        int code;
        while ((code = raw.sqlite3_backup_step(backup, PagesAtOnce)) == raw.SQLITE_OK) cancellation.ThrowIfCancellationRequested();
        if (code != raw.SQLITE_DONE) SqliteException.ThrowExceptionForRC(code, copy.Handle);
    }

    /// <summary>Opens a connection without pooling, so that closing it closes the file.</summary>
    private static SqliteConnection Open(string file, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = mode,
            DefaultTimeout = 30,
            Pooling = false,
        }.ConnectionString);
        connection.Open();
        return connection;
    }

    private static object? Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private static string Why(string storeFile, string file, SqliteException e) => e.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => $"{file}: there is not enough space for the copy; free some space, or choose a file on another disk.",
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB =>
            $"the store {storeFile} is damaged ({e.Message.TrimEnd('.')}), so it was not copied; restore it from an older backup, "
                + "or move it away to start with an empty store.",
        _ => $"{file}: the store {storeFile} cannot be copied ({e.Message.TrimEnd('.')}); no partial file was left behind.",
    };
}
