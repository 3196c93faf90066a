-- Part of agcgen, the same for every system. grants.sh puts the declarations of @user_prefix and @wanted above this text;
-- all of it is one batch.
--
-- Makes the users whose name begins with @user_prefix exactly those of @wanted, with exactly those roles. A user is known
-- to Microsoft Entra by its SID, the bytes of its client id: nobody has to be asked who it is. One transaction: either all
-- of it is so afterwards, or nothing has changed.
SET NOCOUNT ON;
SET XACT_ABORT ON;

DECLARE @statements nvarchar(max);

BEGIN TRANSACTION;

-- Users that the spec no longer has, and users whose identity was made anew: same name, other client id.
SELECT @statements = STRING_AGG(CAST(N'DROP USER ' + QUOTENAME(actual.name) + N';' AS nvarchar(max)), NCHAR(10))
FROM sys.database_principals AS actual
WHERE actual.type = 'E'
  AND LEFT(actual.name, LEN(@user_prefix)) COLLATE Latin1_General_BIN2 = @user_prefix
  AND NOT EXISTS (
    SELECT 1
    FROM @wanted AS wanted
    WHERE wanted.user_name = actual.name COLLATE Latin1_General_BIN2
      AND wanted.sid = actual.sid
  );
IF @statements IS NOT NULL
BEGIN
  PRINT @statements;
  EXEC sys.sp_executesql @statements;
END;

-- Users that are missing.
SELECT @statements = STRING_AGG(
  CAST(N'CREATE USER ' + QUOTENAME(missing.user_name) + N' WITH SID = ' + CONVERT(nvarchar(172), missing.sid, 1) + N', TYPE = E;' AS nvarchar(max)),
  NCHAR(10)
)
FROM (
  SELECT DISTINCT wanted.user_name, wanted.sid
  FROM @wanted AS wanted
  WHERE NOT EXISTS (
    SELECT 1
    FROM sys.database_principals AS actual
    WHERE actual.type = 'E'
      AND actual.name COLLATE Latin1_General_BIN2 = wanted.user_name
      AND actual.sid = wanted.sid
  )
) AS missing;
IF @statements IS NOT NULL
BEGIN
  PRINT @statements;
  EXEC sys.sp_executesql @statements;
END;

-- Roles that a user has and should not have, then roles that it should have and has not.
SELECT @statements = STRING_AGG(
  CAST(N'ALTER ROLE ' + QUOTENAME(held.name) + N' DROP MEMBER ' + QUOTENAME(actual.name) + N';' AS nvarchar(max)),
  NCHAR(10)
)
FROM sys.database_role_members AS membership
INNER JOIN sys.database_principals AS actual ON actual.principal_id = membership.member_principal_id
INNER JOIN sys.database_principals AS held ON held.principal_id = membership.role_principal_id
WHERE EXISTS (
    SELECT 1
    FROM @wanted AS wanted
    WHERE wanted.user_name = actual.name COLLATE Latin1_General_BIN2
  )
  AND NOT EXISTS (
    SELECT 1
    FROM @wanted AS wanted
    WHERE wanted.user_name = actual.name COLLATE Latin1_General_BIN2
      AND wanted.role_name = held.name COLLATE Latin1_General_BIN2
  );
IF @statements IS NOT NULL
BEGIN
  PRINT @statements;
  EXEC sys.sp_executesql @statements;
END;

SELECT @statements = STRING_AGG(
  CAST(N'ALTER ROLE ' + QUOTENAME(missing.role_name) + N' ADD MEMBER ' + QUOTENAME(missing.user_name) + N';' AS nvarchar(max)),
  NCHAR(10)
)
FROM (
  SELECT DISTINCT wanted.user_name, wanted.role_name
  FROM @wanted AS wanted
  WHERE NOT EXISTS (
    SELECT 1
    FROM sys.database_role_members AS membership
    INNER JOIN sys.database_principals AS actual ON actual.principal_id = membership.member_principal_id
    INNER JOIN sys.database_principals AS held ON held.principal_id = membership.role_principal_id
    WHERE actual.name COLLATE Latin1_General_BIN2 = wanted.user_name
      AND held.name COLLATE Latin1_General_BIN2 = wanted.role_name
  )
) AS missing;
IF @statements IS NOT NULL
BEGIN
  PRINT @statements;
  EXEC sys.sp_executesql @statements;
END;

COMMIT TRANSACTION;
