"""Users, roles, permissions and their links (baseline 56a470f9ee55, people columns in a later revision)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Integer, Text, false, func, true
from sqlalchemy.orm import Mapped, mapped_column

from desktop.db.base import Base

_NUMBERED = {"sqlite_autoincrement": True}


class UserRow(Base):
    """One person. Deactivated, never deleted. Without `password_hash` nobody can sign in (a rep, say)."""

    __tablename__ = "users"
    __table_args__ = {**_NUMBERED, "info": {"audited_as": "user"}}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    email: Mapped[str] = mapped_column(Text, unique=True)
    password_hash: Mapped[str | None] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(Boolean, server_default=true())
    created_at: Mapped[datetime] = mapped_column(server_default=func.current_timestamp())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.current_timestamp())
    display_name: Mapped[str] = mapped_column(Text, server_default="")
    must_change_password: Mapped[bool] = mapped_column(Boolean, server_default=false())
    failed_sign_ins: Mapped[int] = mapped_column(Integer, server_default="0")
    locked_until: Mapped[datetime | None] = mapped_column()


class RoleRow(Base):
    """A named set of permissions."""

    __tablename__ = "roles"
    __table_args__ = {**_NUMBERED, "info": {"audited_as": "role"}}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)


class PermissionRow(Base):
    """What a verb may ask for."""

    __tablename__ = "permissions"
    __table_args__ = {**_NUMBERED, "info": {"audited_as": "role"}}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)


class UserRoleRow(Base):
    """Who has which role."""

    __tablename__ = "user_roles"
    __table_args__ = {"info": {"audited_as": "user"}}

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True)


class RolePermissionRow(Base):
    """Which role holds which permission."""

    __tablename__ = "role_permissions"
    __table_args__ = {"info": {"audited_as": "role"}}

    role_id: Mapped[int] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True)
    permission_id: Mapped[int] = mapped_column(ForeignKey("permissions.id", ondelete="CASCADE"), primary_key=True)
